import { Button, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { http, type Schemas, unwrap } from '~/api/client'
import { grantsQuery, providersQuery, providerTypesQuery } from '~/api/gitops-queries'
import { queryClient } from '~/api/query-client'
import { ConfirmButton } from '~/components/ConfirmButton'
import { FormFrame } from '~/components/FormFrame'
import { Link } from '~/components/Link'
import { Loaded } from '~/components/Loaded'
import { Page } from '~/components/Page'
import { StateBadge } from '~/components/StateBadge'
import { TimeAgo } from '~/components/TimeAgo'
import { ConsumerForm } from '~/forms/git-provider/ConsumerForm'
import { RungList } from '~/forms/git-provider/RungList'
import { useForm } from '~/hooks/use-form'
import { useParam } from '~/hooks/use-params'
import { useWrite } from '~/hooks/use-write'
import { CopyButton } from '~/ui/CopyButton'
import { Notice } from '~/ui/Notice'
import { pb } from '~/util/path-builder'

/** One Git provider: its name, its credentials, and its links. */
export default function ProviderPage() {
  const id = useParam('provider')
  const providers = useQuery(providersQuery)
  return (
    <Loaded query={providers}>
      {list => {
        const provider = list.find(one => one.id === id)
        return provider ? (
          <Details provider={provider} />
        ) : (
          <Notice kind="error">There is no such provider, or it has been deleted.</Notice>
        )
      }}
    </Loaded>
  )
}

function Details({ provider }: { provider: Schemas['GitProvider'] }) {
  const navigate = useNavigate()
  const path = { provider: provider.id }
  const types = useQuery(providerTypesQuery)
  const type = types.data?.find(one => one.type === provider.type)
  const grants = useQuery(grantsQuery(provider.id))
  const [replacing, setReplacing] = useState(false)
  const remove = useWrite({
    run: () => unwrap(http.DELETE('/api/v1/git-providers/{provider}', { params: { path } })),
    done: () => `${provider.displayName} is deleted.`,
    after: () => void navigate({ to: pb.gitProviders() }),
  })
  const rename = useForm({
    initial: { displayName: provider.displayName },
    submit: async body => {
      await unwrap(http.PATCH('/api/v1/git-providers/{provider}', { params: { path }, body }))
      await queryClient.invalidateQueries()
    },
  })
  return (
    <Page
      title={provider.displayName}
      crumbs={[{ label: 'GitOps', to: pb.gitProviders() }]}
      beside={<StateBadge state={provider.health === 'attention' ? 'attention' : 'healthy'} />}
      action={
        <ConfirmButton title={`Delete ${provider.displayName}?`} verb="Delete" danger onConfirm={() => remove.mutate()}>
          Its credentials and everyone’s sign-ins are removed. Unlink its repositories first.
        </ConfirmButton>
      }
    >
      <dl className="facts panel">
        <dt>Instance URL</dt>
        <dd>{provider.instanceUrl}</dd>
        <dt>Application ID</dt>
        <dd className="row">
          <span className="mono">{provider.applicationId}</span>
          <CopyButton value={provider.applicationId ?? ''} label="Application ID" />
        </dd>
        {type && (
          <>
            <dt>Reviews of branches</dt>
            <dd>
              {type.reports
                ? 'a build status, and a report with each finding at its line'
                : `a build status; ${type.name} has no reports, so the findings are in Towpath`}
            </dd>
          </>
        )}
        <dt>Added</dt>
        <dd>
          <TimeAgo at={provider.createdAt} />
        </dd>
      </dl>
      <section className="stack tight">
        <h2>Linked repositories</h2>
        {(provider.links ?? []).length === 0 && <p className="muted">No repositories are linked through it yet.</p>}
        {provider.links?.map(link => (
          <div key={link.linkId} className="row wrap wrap-any">
            <Link to={pb.project(link.projectId)}>{link.projectName}</Link>
            <Link to={pb.link(link.projectId, link.linkId)} className="mono">
              {link.repositoryName}
            </Link>
            {link.attention && <StateBadge state="attention" />}
            {link.attention && <span className="small">{link.attention.text}</span>}
          </div>
        ))}
      </section>
      {type && (
        <section className="stack tight">
          <h2>What your accounts may do</h2>
          <RungList type={type} grants={grants.data ?? []} />
        </section>
      )}
      <section className="stack tight narrow">
        <h2>Name</h2>
        <FormFrame {...rename} submit="Rename" quiet disabled={rename.values.displayName === provider.displayName}>
          <TextInput label="Display name" {...rename.text('displayName')} />
        </FormFrame>
      </section>
      <section className="stack tight narrow">
        <h2>Secret</h2>
        {!replacing && (
          <>
            <p className="muted">A sign-in verifies the new secret before it replaces the old one.</p>
            <div>
              <Button variant="default" onClick={() => setReplacing(true)}>
                Replace the secret
              </Button>
            </div>
          </>
        )}
        {replacing && type && (
          <ConsumerForm
            type={type}
            initial={{ applicationId: provider.applicationId ?? '', secret: '' }}
            start={body =>
              unwrap(http.POST('/api/v1/git-providers/{provider}/secret-verifications', { params: { path }, body }))
            }
            onStarted={verification => void navigate({ to: pb.gitVerification(verification.id) })}
            onBack={() => setReplacing(false)}
          />
        )}
      </section>
    </Page>
  )
}
