import { Button, Select } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { can } from '~/api/can'
import { http, type Schemas, unwrap } from '~/api/client'
import { membersQuery, sessionQuery } from '~/api/queries'
import { ConfirmButton } from '~/components/ConfirmButton'
import { CopyValue } from '~/components/git/CopyValue'
import { Link } from '~/components/Link'
import { Loaded } from '~/components/Loaded'
import { Page } from '~/components/Page'
import { StateBadge } from '~/components/StateBadge'
import { InviteForm } from '~/forms/InviteForm'
import { ServiceAccountForm } from '~/forms/ServiceAccountForm'
import { useWrite } from '~/hooks/use-write'
import { type Column, QueryTable } from '~/table/QueryTable'
import { Icon } from '~/ui/Icon'
import { Notice } from '~/ui/Notice'
import { pb } from '~/util/path-builder'
import { programRoles, roleWords } from '~/util/roles'

type Member = Schemas['Member']

/** The people of the workspace. */
export default function MembersPage() {
  const members = useQuery(membersQuery)
  const session = useQuery(sessionQuery)
  const [inviting, setInviting] = useState(false)
  const [adding, setAdding] = useState(false)
  const [invitation, setInvitation] = useState<Schemas['Invitation']>()
  const manage = can(session.data, 'members.manage')
  const columns = useColumns(manage, session.data?.member.id ?? '', session.data?.sendsEmail ?? false, setInvitation)
  return (
    <Page
      title="Members"
      action={
        manage &&
        !inviting &&
        !adding && (
          <>
            <Button variant="default" onClick={() => setAdding(true)}>
              Add a service account
            </Button>
            <Button onClick={() => setInviting(true)} leftSection={<Icon name="plus" />}>
              Invite a member
            </Button>
          </>
        )
      }
    >
      {invitation?.url && (
        <Notice kind="ok" title={`Send this link to ${invitation.member.email}: it is not shown again`}>
          <CopyValue label="invitation link" value={invitation.url} />
        </Notice>
      )}
      {inviting && (
        <div className="panel narrow">
          <InviteForm
            onDone={made => {
              setInvitation(made)
              setInviting(false)
            }}
            onCancel={() => setInviting(false)}
          />
        </div>
      )}
      {adding && (
        <div className="panel narrow">
          <ServiceAccountForm onCancel={() => setAdding(false)} />
        </div>
      )}
      <Loaded query={members}>
        {rows => <QueryTable label="Members" columns={columns} rows={rows} id={row => row.id} empty={null} />}
      </Loaded>
    </Page>
  )
}

/** The name of a member, which leads owners to the tokens of a service account. */
function nameOf(row: Member, manage: boolean) {
  if (row.service && manage) return <Link to={pb.serviceAccount(row.id)}>{row.name}</Link>
  return row.name || <span className="muted">not given</span>
}

/** The state of a member, and how far the mail of an invitation is. */
function MemberState({ row }: { row: Member }) {
  if (row.deactivatedAt) return <StateBadge state="deactivated" />
  if (row.service) return <StateBadge state="service" />
  if (!row.invited) return <StateBadge state="active" />
  const mail = row.invitationMail
  if (!mail) return <StateBadge state="invited" />
  const pending = mail.attempts > 0 ? 'by email, trying again' : 'by email, on its way'
  const detail = { pending, delivered: 'by email', failed: 'email failed' }[mail.state]
  return (
    <>
      <StateBadge state="invited" detail={detail} />
      {mail.reason && (
        <div className="muted small wrap-any" style={{ maxWidth: '18rem', whiteSpace: 'normal' }}>
          {mail.reason.text}
        </div>
      )}
    </>
  )
}

function useColumns(
  manage: boolean,
  me: string,
  sendsEmail: boolean,
  onInvitation: (made: Schemas['Invitation']) => void,
): Column<Member>[] {
  const change = useWrite({
    changes: { kind: 'member.changed' },
    run: ({ id, ...body }: { id: string } & Schemas['ChangeMemberInputBody']) =>
      unwrap(http.PATCH('/api/v1/members/{member}', { params: { path: { member: id } }, body })),
    done: member => `${member.name || member.email} is changed.`,
  })
  const again = useWrite({
    changes: { kind: 'member.changed' },
    run: ({ member, byEmail }: { member: string; byEmail: boolean }) =>
      unwrap(http.POST('/api/v1/members/{member}/invitation', { params: { path: { member }, query: { byEmail } } })),
    after: onInvitation,
  })
  const columns: Column<Member>[] = [
    { title: 'Name', cell: row => nameOf(row, manage) },
    { title: 'Email', bare: true, line: true, keep: 40, cell: row => (row.service ? '' : row.email) },
    {
      title: 'Role',
      fit: true,
      bare: true,
      cell: row =>
        manage && row.id !== me ? (
          <Select
            aria-label={`Role of ${row.email}`}
            size="xs"
            w={170}
            data={Object.entries(row.service ? programRoles : roleWords).map(([value, label]) => ({ value, label }))}
            value={row.role}
            onChange={role => role && change.mutate({ id: row.id, role: role as Member['role'] })}
          />
        ) : (
          roleWords[row.role]
        ),
    },
    {
      title: 'State',
      fit: true,
      bare: true,
      cell: row => <MemberState row={row} />,
    },
  ]
  if (!manage) return columns
  return [
    ...columns,
    {
      title: '_Actions',
      fit: true,
      cell: row =>
        row.id !== me && (
          <div className="row">
            {row.invited && !row.deactivatedAt && (
              <Button
                size="compact-sm"
                variant="default"
                onClick={() => again.mutate({ member: row.id, byEmail: false })}
              >
                New link
              </Button>
            )}
            {row.invited && !row.deactivatedAt && sendsEmail && (
              <Button
                size="compact-sm"
                variant="default"
                onClick={() => again.mutate({ member: row.id, byEmail: true })}
              >
                Email again
              </Button>
            )}
            {row.deactivatedAt ? (
              <Button
                size="compact-sm"
                variant="default"
                onClick={() => change.mutate({ id: row.id, deactivated: false })}
              >
                Reactivate
              </Button>
            ) : (
              <ConfirmButton
                size="compact-sm"
                title={`Deactivate ${row.service ? row.name : row.email}?`}
                verb="Deactivate"
                danger
                onConfirm={() => change.mutate({ id: row.id, deactivated: true })}
              >
                {row.service
                  ? 'Its tokens end immediately, and programs that use them lose access.'
                  : 'Their sessions and tokens end immediately. Someone else must take over the repositories they linked.'}
              </ConfirmButton>
            )}
          </div>
        ),
    },
  ]
}
