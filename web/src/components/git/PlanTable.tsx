import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import type { Schemas } from '~/api/client'
import { environmentsQuery } from '~/api/queries'
import { type Column, QueryTable } from '~/table/QueryTable'
import { pb } from '~/util/path-builder'
import { Link } from '../Link'
import { Path } from '../Path'
import { ReviewCounts } from '../review/ReviewCounts'
import { StateBadge } from '../StateBadge'

type Item = Schemas['PlanItem']

interface PlanTableProps {
  items: Item[]
  empty: ReactNode
  /** Shows what a link will do instead of what it has done. */
  future?: boolean
  /** What the page says above; an error that is part of it is not repeated here. */
  told?: string | undefined
  /** The actions for an item. */
  action?: (item: Item) => ReactNode
}

/** What will happen, or has happened, to each file in each of its databases. */
export function PlanTable({ items, empty, future = false, told = '', action }: PlanTableProps) {
  const environments = useQuery(environmentsQuery)
  const nameOf = (item: Item) =>
    environments.data?.find(one => one.id === item.environmentId)?.name ?? item.environment ?? ''
  const columns: Column<Item>[] = [
    {
      title: 'File',
      keep: 52,
      cell: item => (
        <>
          <Path path={item.path} />
          <div className="small muted narrow-only">{[item.database, nameOf(item)].filter(Boolean).join(' in ')}</div>
        </>
      ),
    },
    { title: 'Version', fit: true, wide: true, cell: item => <span className="mono">{item.label}</span> },
    {
      title: 'Environment',
      wide: true,
      cell: nameOf,
    },
    { title: 'Database', wide: true, cell: item => item.database ?? '' },
    {
      title: 'State',
      bare: true,
      cell: item => (
        <>
          {item.taskId && item.rolloutId ? (
            <Link to={pb.task(item.rolloutId, item.taskId)}>
              <StateBadge state={item.state} />
            </Link>
          ) : (
            <StateBadge state={future ? futureState(item) : item.state} />
          )}
          <ReviewCounts review={item.review} />
          {item.reason && !(item.state === 'failed' && told.includes(item.reason.text)) && (
            <div className="small muted" style={{ whiteSpace: 'pre-wrap' }}>
              {item.reason.text}
            </div>
          )}
        </>
      ),
    },
  ]
  if (action) columns.push({ title: '_Actions', fit: true, cell: action })
  return (
    <QueryTable
      label="Files and databases"
      columns={columns}
      rows={items}
      id={item => `${item.path} ${item.version} ${item.type} ${item.databaseId ?? ''} ${item.state}`}
      empty={empty}
    />
  )
}

/** The future state of a waiting item: it runs, unless a reason prevents it. */
function futureState(item: Item): string {
  if (item.state !== 'pending') return item.state
  return item.reason ? 'planned' : 'would-run'
}
