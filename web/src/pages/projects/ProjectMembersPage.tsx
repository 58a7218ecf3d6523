import { Select } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { can } from '~/api/can'
import { http, type Schemas, unwrap } from '~/api/client'
import { membersQuery, projectMembersQuery, projectQuery } from '~/api/queries'
import { ConfirmButton } from '~/components/ConfirmButton'
import { Loaded } from '~/components/Loaded'
import { useParam } from '~/hooks/use-params'
import { useWrite } from '~/hooks/use-write'
import { type Column, QueryTable } from '~/table/QueryTable'
import { EmptyState } from '~/ui/EmptyState'
import { projectRoleWords } from '~/util/roles'

type ProjectMember = Schemas['ProjectMember']

const roles = Object.entries(projectRoleWords).map(([value, label]) => ({ value, label }))

/** The people of a project. */
export default function ProjectMembersPage() {
  const project = useParam('project')
  const people = useQuery(projectMembersQuery(project))
  const everybody = useQuery(membersQuery)
  const manage = can(useQuery(projectQuery(project)).data, 'project.manage')
  const set = useWrite({
    changes: { kind: 'project-member.changed', projectId: project },
    run: ({ member, role }: { member: string; role: string }) =>
      unwrap(
        http.PUT('/api/v1/projects/{project}/members/{member}', {
          params: { path: { project, member } },
          body: { role: role as ProjectMember['role'] },
        }),
      ),
    done: person => `${person.name || person.email} is ${projectRoleWords[person.role]} now.`,
  })
  const remove = useWrite({
    changes: { kind: 'project-member.changed', projectId: project },
    run: (row: ProjectMember) =>
      unwrap(
        http.DELETE('/api/v1/projects/{project}/members/{member}', {
          params: { path: { project, member: row.memberId } },
        }),
      ),
    done: (_, row) => `${row.name || row.email} was removed from the project.`,
  })
  const columns: Column<ProjectMember>[] = [
    { title: 'Name', cell: row => row.name || row.email },
    { title: 'Email', bare: true, line: true, keep: 40, cell: row => row.email },
    {
      title: 'Role',
      fit: true,
      bare: true,
      cell: row =>
        manage ? (
          <Select
            aria-label={`Role of ${row.email}`}
            size="xs"
            w={170}
            data={roles}
            value={row.role}
            onChange={role => role && set.mutate({ member: row.memberId, role })}
          />
        ) : (
          projectRoleWords[row.role]
        ),
    },
  ]
  if (manage) {
    columns.push({
      title: '_Actions',
      fit: true,
      cell: row => (
        <ConfirmButton
          size="compact-sm"
          title={`Remove ${row.email} from the project?`}
          verb="Remove"
          danger
          onConfirm={() => remove.mutate(row)}
        >
          They lose access, unless their workspace role grants it.
        </ConfirmButton>
      ),
    })
  }
  const inside = new Set(people.data?.map(person => person.memberId))
  const others = (everybody.data ?? []).filter(member => !inside.has(member.id) && !member.deactivatedAt)
  return (
    <div className="stack">
      {manage && (
        <Select
          className="narrow"
          label="Add a member"
          placeholder={others.length > 0 ? 'Search by name or email' : 'Everyone is already a member'}
          searchable
          disabled={others.length === 0}
          data={others.map(member => ({
            value: member.id,
            label: member.name ? `${member.name} (${member.email})` : member.email,
          }))}
          value={null}
          onChange={member => member && set.mutate({ member, role: 'developer' })}
        />
      )}
      <Loaded query={people}>
        {rows => (
          <QueryTable
            label="Members of the project"
            columns={columns}
            rows={rows}
            id={row => row.memberId}
            empty={<EmptyState icon="users">No members yet.</EmptyState>}
          />
        )}
      </Loaded>
    </div>
  )
}
