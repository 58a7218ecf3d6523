import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { can } from '~/api/can'
import { http, type Schemas, unwrap } from '~/api/client'
import { deliveriesQuery } from '~/api/gitops-queries'
import { projectQuery } from '~/api/queries'
import { useWrite } from '~/hooks/use-write'
import { type Column, QueryTable } from '~/table/QueryTable'
import { EmptyState } from '~/ui/EmptyState'
import { Loaded } from '../Loaded'
import { StateBadge } from '../StateBadge'
import { ExactTime } from '../TimeAgo'

/** The deliveries of the webhook with their results, and a way to process one again. */
export function Deliveries({ link, project }: { link: string; project: string }) {
  const deliveries = useQuery(deliveriesQuery(link))
  const may = can(useQuery(projectQuery(project)).data, 'project.sync')
  const replay = useWrite({
    changes: { kind: 'link.changed', projectId: project, linkId: link },
    run: (delivery: string) =>
      unwrap(
        http.POST('/api/v1/repository-links/{link}/deliveries/{delivery}/replay', {
          params: { path: { link, delivery } },
        }),
      ),
    done: () => 'Checking the branch again.',
  })
  const columns: Column<Schemas['Delivery']>[] = [
    { title: 'Received', fit: true, bare: true, cell: row => <ExactTime at={row.receivedAt} /> },
    { title: 'Event', fit: true, wide: true, cell: row => <span className="mono">{row.event}</span> },
    {
      title: 'Verdict',
      main: true,
      cell: row => (
        <>
          <StateBadge state={row.verdict} detail={row.attempts > 1 ? `came ${row.attempts} times` : undefined} />{' '}
          <span className="muted small">{row.reason?.text}</span>
        </>
      ),
    },
    { title: 'Request', wide: true, cell: row => <span className="mono small">{row.requestId}</span> },
  ]
  if (may) {
    columns.push({
      title: '_Actions',
      fit: true,
      cell: row => (
        <Button size="compact-sm" variant="default" disabled={replay.isPending} onClick={() => replay.mutate(row.id)}>
          Replay
        </Button>
      ),
    })
  }
  return (
    <section className="stack tight">
      <h2>Deliveries</h2>
      <Loaded query={deliveries} rows={2}>
        {rows => (
          <QueryTable
            label="Deliveries"
            columns={columns}
            rows={rows}
            id={row => row.id}
            empty={<EmptyState icon="webhook">No webhook deliveries yet.</EmptyState>}
          />
        )}
      </Loaded>
    </section>
  )
}
