import { Button } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import type { Schemas } from '~/api/client'
import { unlessRefused } from '~/api/polling'
import { statementsQuery } from '~/api/queries'
import { measured } from '~/api/rehearsals'
import { type Column, QueryTable } from '~/table/QueryTable'
import { Icon } from '~/ui/Icon'
import { duration } from '~/util/date'
import { count } from '~/util/str'
import { StateBadge } from '../StateBadge'

const columnsBut = (said: string): Column<Schemas['StatementLog']>[] => [
  { title: 'Line', fit: true, number: true, cell: row => row.line },
  {
    title: 'Statement',
    main: true,
    cell: row => (
      <>
        <span className="mono">{row.summary}</span>
        <Notices log={row} />
        {row.error && !said.includes(row.error) && (
          <div style={{ color: 'var(--bad)', whiteSpace: 'pre-wrap' }}>{row.error}</div>
        )}
      </>
    ),
  },
  { title: 'State', fit: true, bare: true, cell: row => <StateBadge state={row.state} /> },
  { title: 'Rows', fit: true, wide: true, number: true, cell: row => row.rows.toLocaleString('en') },
  { title: 'Took', fit: true, wide: true, number: true, cell: row => duration(row.seconds * 1000) },
]

/** What a rehearsal measured of the same statements. */
function rehearsedColumns(file: Schemas['RehearsedFile']): Column<Schemas['StatementLog']>[] {
  const before = (row: Schemas['StatementLog']) =>
    file.statements.find(one => one.line === row.line && one.column === row.column)
  return [
    {
      title: 'Rows rehearsed',
      fit: true,
      wide: true,
      number: true,
      cell: row => before(row)?.rows.toLocaleString('en') ?? '–',
    },
    {
      title: 'Took rehearsed',
      fit: true,
      wide: true,
      number: true,
      cell: row => {
        const one = before(row)
        return one ? measured(one.seconds) : '–'
      },
    },
  ]
}

/** The database's notices while the statement ran. */
function Notices({ log }: { log: Schemas['StatementLog'] }) {
  const more = log.moreNotices ?? 0
  return (
    <>
      {log.notices?.map((notice, n) => {
        const warns = ['warning', 'error', 'not compared', 'skipped', 'done otherwise'].includes(notice.level)
        return (
          <div
            // biome-ignore lint/suspicious/noArrayIndexKey: the log does not change
            key={n}
            data-level={notice.level}
            style={{ color: warns ? 'var(--warn)' : undefined, whiteSpace: 'pre-wrap' }}
          >
            <Icon name={warns ? 'alert' : 'info'} size={14} /> {levelWord(notice.level)}: {notice.text}
          </div>
        )
      })}
      {more > 0 && <div className="muted">And {count(more, 'more message', 'more messages')}, not kept.</div>}
    </>
  )
}

const levelWord = (level: string) => level.charAt(0).toUpperCase() + level.slice(1)

/** The results of an attempt's statements, in order. */
export function StatementTable({
  rollout,
  task,
  attempt,
  live,
  said,
  rehearsed,
}: {
  rollout: string
  task: string
  attempt: string
  live: boolean
  /** The attempt's error, which the page shows already. */
  said: string
  /** The same text in a rehearsal before the merge. */
  rehearsed?: Schemas['RehearsedFile'] | undefined
}) {
  const query = useInfiniteQuery({
    ...statementsQuery(rollout, task, attempt),
    refetchInterval: ({ state }) => unlessRefused(state.error, live && 5000),
  })
  const rows = query.data?.pages.flatMap(page => page.items) ?? []
  return (
    <div className="stack tight">
      <QueryTable
        label="Statements"
        columns={rehearsed ? [...columnsBut(said), ...rehearsedColumns(rehearsed)] : columnsBut(said)}
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
