import { Button } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import type { Schemas } from '~/api/client'
import { statementsQuery } from '~/api/queries'
import { type Column, QueryTable } from '~/table/QueryTable'
import { duration } from '~/util/date'
import { StateBadge } from '../StateBadge'

const columns: Column<Schemas['StatementLog']>[] = [
  { title: 'Line', fit: true, cell: row => row.line },
  {
    title: 'Statement',
    cell: row => (
      <>
        <span className="mono">{row.summary}</span>
        {row.error && <div style={{ color: 'var(--bad)', whiteSpace: 'pre-wrap' }}>{row.error}</div>}
      </>
    ),
  },
  { title: 'State', fit: true, cell: row => <StateBadge state={row.error ? 'failed' : 'done'} /> },
  { title: 'Rows', fit: true, wide: true, cell: row => row.rows.toLocaleString('en') },
  { title: 'Took', fit: true, wide: true, cell: row => duration(row.seconds * 1000) },
]

/** What the statements of an attempt did, in order. */
export function StatementTable({
  rollout,
  task,
  attempt,
  live,
}: {
  rollout: string
  task: string
  attempt: string
  live: boolean
}) {
  const query = useInfiniteQuery({ ...statementsQuery(rollout, task, attempt), refetchInterval: live ? 5000 : false })
  const rows = query.data?.pages.flatMap(page => page.items) ?? []
  return (
    <div className="stack tight">
      <QueryTable
        label="Statements"
        columns={columns}
        rows={rows}
        id={row => String(row.index)}
        empty={
          <p className="muted">
            {live ? 'No statement has finished yet.' : 'No statement is logged. Old logs are removed after a time.'}
          </p>
        }
      />
      {query.hasNextPage && (
        <div>
          <Button variant="default" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            Show more statements
          </Button>
        </div>
      )}
    </div>
  )
}
