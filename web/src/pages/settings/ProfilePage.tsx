import { Button, PasswordInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { http, type Schemas, unwrap } from '~/api/client'
import { sessionQuery, sessionsQuery, signInQuery } from '~/api/queries'
import { FormFrame } from '~/components/FormFrame'
import { Loaded } from '~/components/Loaded'
import { Page } from '~/components/Page'
import { TimeAgo } from '~/components/TimeAgo'
import { useForm } from '~/hooks/use-form'
import { useWrite } from '~/hooks/use-write'
import { sayDone } from '~/stores/toast'
import { type Column, QueryTable } from '~/table/QueryTable'
import { roleWords } from '~/util/roles'

/** The signed-in member, their password, and their sessions. */
export default function ProfilePage() {
  const session = useQuery(sessionQuery)
  const methods = useQuery(signInQuery)
  const form = useForm({
    initial: { current: '', new: '' },
    submit: async body => {
      await unwrap(http.PUT('/api/v1/session/password', { body }))
      sayDone('Your password is changed. Other sessions have ended.')
      form.set('current', '')
      form.set('new', '')
    },
  })
  return (
    <Page title="Profile">
      <Loaded query={session}>
        {({ member }) => (
          <dl className="facts panel">
            <dt>Name</dt>
            <dd>{member.name}</dd>
            <dt>Email</dt>
            <dd>{member.email}</dd>
            <dt>Role</dt>
            <dd>{roleWords[member.role]}</dd>
          </dl>
        )}
      </Loaded>
      {methods.data?.passwords && (
        <section className="stack narrow">
          <h2>Password</h2>
          <FormFrame {...form} submit="Change the password">
            <PasswordInput label="Current password" autoComplete="current-password" {...form.text('current')} />
            <PasswordInput
              label="New password"
              description="At least 12 characters."
              autoComplete="new-password"
              {...form.text('new')}
            />
          </FormFrame>
        </section>
      )}
      <Sessions />
    </Page>
  )
}

function Sessions() {
  const sessions = useQuery(sessionsQuery)
  const end = useWrite({
    run: (session: string) => unwrap(http.DELETE('/api/v1/sessions/{session}', { params: { path: { session } } })),
    done: () => 'That session has ended.',
  })
  const columns: Column<Schemas['Credential']>[] = [
    {
      title: 'Signed in',
      cell: row => (
        <>
          <span className="narrow-only">Signed in </span>
          <TimeAgo at={row.createdAt} />
        </>
      ),
    },
    { title: 'Last used', cell: row => (row.current ? 'This browser, now' : <TimeAgo at={row.lastUsedAt} />) },
    {
      title: '_Actions',
      fit: true,
      cell: row =>
        !row.current && (
          <Button size="compact-sm" variant="default" onClick={() => end.mutate(row.id)}>
            End
          </Button>
        ),
    },
  ]
  return (
    <section className="stack tight">
      <h2>Sessions</h2>
      <Loaded query={sessions} rows={2}>
        {rows => (
          <QueryTable
            label="Sessions"
            columns={columns}
            rows={rows}
            id={row => row.id}
            empty={<p className="muted">No sessions.</p>}
          />
        )}
      </Loaded>
    </section>
  )
}
