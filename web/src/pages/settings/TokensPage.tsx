import { Select, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { http, type Schemas, unwrap } from '~/api/client'
import { apiTokensQuery } from '~/api/queries'
import { queryClient } from '~/api/query-client'
import { ConfirmButton } from '~/components/ConfirmButton'
import { FormFrame } from '~/components/FormFrame'
import { CopyValue } from '~/components/git/CopyValue'
import { Loaded } from '~/components/Loaded'
import { Page } from '~/components/Page'
import { TimeAgo } from '~/components/TimeAgo'
import { useForm } from '~/hooks/use-form'
import { useWrite } from '~/hooks/use-write'
import { type Column, QueryTable } from '~/table/QueryTable'
import { EmptyState } from '~/ui/EmptyState'
import { Notice } from '~/ui/Notice'

const lifetimes = [
  { value: '30', label: '30 days' },
  { value: '90', label: '90 days' },
  { value: '365', label: '1 year' },
  { value: '', label: 'Never' },
]

const scopes = [
  { value: 'full', label: 'All that I may do' },
  { value: 'approvals', label: 'Only approve and refuse changes' },
]

/** Tokens with which programs act as the member who created them. */
export default function TokensPage() {
  const tokens = useQuery(apiTokensQuery)
  const [made, setMade] = useState<string>()
  const revoke = useWrite({
    changes: { kind: 'credential.deleted' },
    run: (row: Schemas['Credential']) =>
      unwrap(http.DELETE('/api/v1/api-tokens/{token}', { params: { path: { token: row.id } } })),
    done: (_, row) => `The token ${row.name ?? ''} is revoked.`,
  })
  const form = useForm({
    initial: { name: '', scope: 'full' as NonNullable<Schemas['Credential']['scope']>, days: '90' },
    submit: async ({ name, scope, days }) => {
      const expiresAt = days ? { expiresAt: new Date(Date.now() + Number(days) * 86_400_000).toISOString() } : {}
      const { token } = await unwrap(http.POST('/api/v1/api-tokens', { body: { name, scope, ...expiresAt } }))
      setMade(token)
      form.set('name', '')
      await queryClient.invalidateQueries(apiTokensQuery)
    },
  })
  const columns: Column<Schemas['Credential']>[] = [
    { title: 'Name', cell: row => row.name },
    {
      title: 'May',
      wide: true,
      cell: row => (row.scope === 'approvals' ? 'Only answer approvals' : 'All that you may'),
    },
    { title: 'Last used', cell: row => <TimeAgo at={row.lastUsedAt} /> },
    { title: 'Expires', wide: true, cell: row => <TimeAgo at={row.expiresAt} /> },
    {
      title: '_Actions',
      fit: true,
      cell: row => (
        <ConfirmButton
          size="compact-sm"
          title={`Revoke ${row.name ?? 'the token'}?`}
          verb="Revoke"
          danger
          onConfirm={() => revoke.mutate(row)}
        >
          Programs that use it lose access immediately.
        </ConfirmButton>
      ),
    },
  ]
  return (
    <Page
      title="API tokens"
      lead={
        <>
          A token lets a program act as you, with your rights or fewer. Send it in a header:{' '}
          <code className="mono whole">Authorization: Bearer TOKEN</code>
        </>
      }
    >
      {made && (
        <Notice kind="ok" title="Copy the token now: it is not shown again">
          <CopyValue label="token" value={made} />
        </Notice>
      )}
      <div className="narrow">
        <FormFrame {...form} submit="Create a token">
          <TextInput label="Name" description="What the token is for." {...form.text('name')} />
          <Select label="May" data={scopes} allowDeselect={false} {...form.choice('scope')} />
          <Select label="Expires after" data={lifetimes} {...form.choice('days')} />
        </FormFrame>
      </div>
      <Loaded query={tokens} rows={2}>
        {rows => (
          <QueryTable
            label="API tokens"
            columns={columns}
            rows={rows}
            id={row => row.id}
            empty={<EmptyState icon="key">No API tokens yet.</EmptyState>}
          />
        )}
      </Loaded>
    </Page>
  )
}
