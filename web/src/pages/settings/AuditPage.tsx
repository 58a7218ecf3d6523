import { Button } from '@mantine/core'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import type { Schemas } from '~/api/client'
import { auditQuery, membersQuery, projectsQuery } from '~/api/queries'
import { Link } from '~/components/Link'
import { Failure } from '~/components/Loaded'
import { Page } from '~/components/Page'
import { ExactTime } from '~/components/TimeAgo'
import { type Column, QueryTable } from '~/table/QueryTable'
import { EmptyState } from '~/ui/EmptyState'
import { SkeletonRows } from '~/ui/Skeleton'
import { pb } from '~/util/path-builder'

/** Who did what in the workspace. */
export default function AuditPage() {
  const query = useInfiniteQuery(auditQuery)
  const members = useQuery(membersQuery)
  const projects = useQuery(projectsQuery)
  const rows = query.data?.pages.flatMap(page => page.items) ?? []
  const actor = (id: string | undefined) => {
    if (!id) return <span className="muted">The server’s shell</span>
    const member = members.data?.find(one => one.id === id)
    return member?.name || member?.email || <span className="muted">Unknown member</span>
  }
  const columns: Column<Schemas['AuditEvent']>[] = [
    { title: 'Time', fit: true, bare: true, cell: row => <ExactTime at={row.at} /> },
    { title: 'Who', bare: true, keep: 24, cell: row => actor(row.memberId) },
    { title: 'Action', fit: true, wide: true, cell: row => <span className="mono">{row.act}</span> },
    { title: 'Details', main: true, cell: row => row.text },
    {
      title: 'Project',
      wide: true,
      keep: 20,
      cell: ({ projectId }) => {
        const project = projects.data?.find(one => one.id === projectId)
        return project && <Link to={pb.project(project.id)}>{project.name}</Link>
      },
    },
  ]
  return (
    <Page title="Audit log" lead="Who did what in this workspace, newest first. Only owners see it.">
      {query.isPending ? (
        <SkeletonRows />
      ) : query.error && rows.length === 0 ? (
        <Failure error={query.error} retry={() => void query.refetch()} />
      ) : (
        <QueryTable
          label="Audit log"
          columns={columns}
          rows={rows}
          id={row => row.id}
          empty={<EmptyState icon="book">Nothing has been recorded yet.</EmptyState>}
        />
      )}
      {query.hasNextPage && (
        <div>
          <Button variant="default" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            Show older entries
          </Button>
        </div>
      )}
    </Page>
  )
}
