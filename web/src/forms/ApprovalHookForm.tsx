import { Button, PasswordInput, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { http, type Schemas, unwrap } from '~/api/client'
import { approvalHookQuery } from '~/api/queries'
import { queryClient } from '~/api/query-client'
import { ConfirmButton } from '~/components/ConfirmButton'
import { FormFrame } from '~/components/FormFrame'
import { Loaded } from '~/components/Loaded'
import { TimeAgo } from '~/components/TimeAgo'
import { useForm } from '~/hooks/use-form'
import { useWrite } from '~/hooks/use-write'
import { sayDone } from '~/stores/toast'
import { Notice } from '~/ui/Notice'

interface EnvironmentProps {
  environment: Schemas['Environment']
}

/** Where an environment asks for approvals outside of Towpath. */
export function ApprovalHookForm({ environment }: EnvironmentProps) {
  const hook = useQuery(approvalHookQuery(environment.id))
  return (
    <Loaded query={hook} rows={2}>
      {data => (
        <div className="stack">
          <Address key={data.url} environment={environment} hook={data} />
          {data.url && <Actions environment={environment} hook={data} />}
        </div>
      )}
    </Loaded>
  )
}

interface HookProps extends EnvironmentProps {
  hook: Schemas['ApprovalHook']
}

function Address({ environment, hook }: HookProps) {
  const form = useForm({
    initial: { url: hook.url, secret: '' },
    submit: async ({ url, secret }) => {
      const params = { path: { environment: environment.id } }
      const body = { url, ...(secret ? { secret } : {}) }
      await unwrap(http.PUT('/api/v1/environments/{environment}/approval-hook', { params, body }))
      form.set('secret', '')
      await queryClient.invalidateQueries(approvalHookQuery(environment.id))
      sayDone(`Changes of ${environment.name} that need consent are sent there.`)
    },
  })
  return (
    <FormFrame {...form} submit="Update receiver" quiet>
      <TextInput
        label="Receiver"
        description="The address that gets a signed request for each approval that is wanted."
        placeholder="https://approvals.example.com/towpath"
        {...form.text('url')}
      />
      <PasswordInput
        label="Secret"
        description={
          hook.url
            ? 'Signs the requests. Leave it empty to keep the one that is set.'
            : 'Signs the requests. Use 16 characters or more. It is not shown again.'
        }
        autoComplete="new-password"
        {...form.text('secret')}
      />
    </FormFrame>
  )
}

function Actions({ environment, hook }: HookProps) {
  const params = { path: { environment: environment.id } }
  const changes = { kind: 'environment.changed', subjectId: environment.id } as const
  const test = useWrite({
    changes,
    run: () => unwrap(http.POST('/api/v1/environments/{environment}/approval-hook/test', { params })),
  })
  const remove = useWrite({
    changes,
    run: () => unwrap(http.DELETE('/api/v1/environments/{environment}/approval-hook', { params })),
    done: () => `Approvals of ${environment.name} are only asked for in the console.`,
  })
  return (
    <>
      {hook.last && <LastRequest last={hook.last} />}
      <div className="row wrap">
        <Button variant="default" loading={test.isPending} onClick={() => test.mutate()}>
          Send a test
        </Button>
        <ConfirmButton
          title={`Stop asking for approvals of ${environment.name} outside?`}
          verb="Remove receiver"
          danger
          onConfirm={() => remove.mutate()}
        >
          The secret is deleted. API tokens that answer approvals stay until their members revoke them.
        </ConfirmButton>
      </div>
    </>
  )
}

const words: Record<Schemas['ApprovalRequest']['state'], string> = {
  pending: 'was not taken and is sent again',
  delivered: 'was taken by the receiver',
  failed: 'was not taken',
  obsolete: 'was not taken, and nothing waits for it any more',
}

/** What came of the newest request. */
function LastRequest({ last }: { last: Schemas['ApprovalRequest'] }) {
  const kind = last.state === 'delivered' ? 'ok' : last.state === 'failed' ? 'error' : 'warning'
  return (
    <Notice kind={kind} title={`The last ${last.test ? 'test' : 'request'} ${words[last.state]}`}>
      {last.reason && <div>{last.reason.text}</div>}
      <div className="muted small">
        Sent <TimeAgo at={last.at} />
        {last.attempts > 1 && `, ${last.attempts} times`}.
      </div>
    </Notice>
  )
}
