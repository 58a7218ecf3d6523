import { Select, TextInput } from '@mantine/core'
import type { UseQueryResult } from '@tanstack/react-query'
import { useState } from 'react'
import type { Schemas } from '~/api/client'
import { useForm } from '~/hooks/use-form'
import { useWrite } from '~/hooks/use-write'
import { type Column, QueryTable } from '~/table/QueryTable'
import { EmptyState } from '~/ui/EmptyState'
import { Notice } from '~/ui/Notice'
import { ConfirmButton } from './ConfirmButton'
import { FormFrame } from './FormFrame'
import { CopyValue } from './git/CopyValue'
import { Loaded } from './Loaded'
import { TimeAgo } from './TimeAgo'

type Credential = Schemas['Credential']

const lifetimes = [
  { value: '30', label: '30 days' },
  { value: '90', label: '90 days' },
  { value: '365', label: '1 year' },
  { value: '', label: 'Never' },
]

interface TokensProps {
  query: UseQueryResult<Credential[]>
  /** Whose rights the tokens have: "I", "it". */
  who: { may: string; all: string }
  create: (body: Schemas['CreateAPITokenInputBody']) => Promise<Credential>
  revoke: (token: string) => Promise<unknown>
}

/** API tokens with a form that creates one, and shows it once. */
export function Tokens({ query, who, create, revoke }: TokensProps) {
  const [made, setMade] = useState<string>()
  const end = useWrite({
    changes: { kind: 'credential.deleted' },
    run: (row: Credential) => revoke(row.id),
    done: (_, row) => `The token ${row.name ?? ''} is revoked.`,
    after: () => void query.refetch(),
  })
  const form = useForm({
    initial: { name: '', scope: 'full' as NonNullable<Credential['scope']>, days: '90' },
    submit: async ({ name, scope, days }) => {
      const expiresAt = days ? { expiresAt: new Date(Date.now() + Number(days) * 86_400_000).toISOString() } : {}
      const { token } = await create({ name, scope, ...expiresAt })
      setMade(token)
      form.set('name', '')
      await query.refetch()
    },
  })
  const scopes = [
    { value: 'full', label: `All that ${who.may} may do` },
    { value: 'approvals', label: 'Only approve and refuse changes' },
  ]
  const columns: Column<Credential>[] = [
    { title: 'Name', cell: row => row.name },
    {
      title: 'May',
      wide: true,
      cell: row => (row.scope === 'approvals' ? 'Only answer approvals' : `All that ${who.all} may`),
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
          onConfirm={() => end.mutate(row)}
        >
          Programs that use it lose access immediately.
        </ConfirmButton>
      ),
    },
  ]
  return (
    <>
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
      <Loaded query={query} rows={2}>
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
    </>
  )
}
