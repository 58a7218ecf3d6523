import { Button } from '@mantine/core'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import type { Schemas } from '~/api/client'
import { unlessRefused } from '~/api/polling'
import { environmentsQuery, projectsQuery, type RolloutState, rolloutsQuery } from '~/api/queries'
import { useFilter } from '~/hooks/use-params'
import { type Column, QueryTable } from '~/table/QueryTable'
import { EmptyState } from '~/ui/EmptyState'
import { SkeletonRows } from '~/ui/Skeleton'
import { pb } from '~/util/path-builder'
import { Commit } from '../Commit'
import { FilterChips } from '../FilterChips'
import { ListLink } from '../Link'
import { Failure } from '../Loaded'
import { ReviewCounts } from '../review/ReviewCounts'
import { StateBadge, StateDot } from '../StateBadge'
import { TimeAgo } from '../TimeAgo'

/** "Superseded" is a separate fact, which a failed rollout can have too. */
const states: [RolloutState | '', string][] = [
  ['', 'All'],
  ['running', 'Running'],
  ['failed', 'Failed'],
  ['held', 'Held'],
  ['unknown', 'Unknown'],
  ['pending', 'Pending'],
  ['done', 'Done'],
  ['skipped', 'Skipped'],
  ['cancelled', 'Cancelled'],
  ['superseded', 'Superseded'],
]

interface RolloutListProps {
  filter: { project?: string; link?: string }
  /** Shows chips that filter by state; the choice is in the address. */
  chips?: boolean
}

/** Rollouts, the newest first. The list refetches often while one of them is moving. */
export function RolloutList({ filter, chips = false }: RolloutListProps) {
  const [state, setState] = useFilter('state')
  const chosen = chips && states.some(([value]) => value === state) ? (state as RolloutState | '') : ''
  const wanted = chosen === 'superseded' ? { superseded: true } : chosen ? { state: chosen } : {}
  const query = useInfiniteQuery({
    ...rolloutsQuery({ ...filter, ...wanted }),
    refetchInterval: ({ state: { data, error } }) =>
      unlessRefused(error, data?.pages.some(page => page.items.some(isMoving)) ? 5000 : 30_000),
  })
  const projects = useQuery(projectsQuery)
  const environments = useQuery(environmentsQuery)
  const rows = query.data?.pages.flatMap(page => page.items) ?? []
  const columns: Column<Schemas['Rollout']>[] = [
    { title: 'State', fit: true, bare: true, cell: row => <RolloutBadge rollout={row} /> },
    {
      title: 'Change',
      main: true,
      cell: row => <ListLink to={pb.rollout(row.id)}>{row.message || 'No commit message'}</ListLink>,
    },
    {
      title: 'Stages',
      fit: true,
      bare: true,
      cell: row => (
        <span className="row" style={{ gap: 4 }}>
          {row.progress?.map(stage => (
            <StateDot
              key={stage.environmentId}
              state={stage.state}
              of={environments.data?.find(one => one.id === stage.environmentId)?.name ?? 'Removed environment'}
            />
          ))}
        </span>
      ),
    },
    { title: 'Review', fit: true, bare: true, cell: row => <ReviewCounts review={row.review} /> },
    {
      title: 'Project',
      cell: row => (
        <ListLink to={pb.project(row.projectId)}>
          {projects.data?.find(one => one.id === row.projectId)?.name ?? ''}
        </ListLink>
      ),
    },
    { title: 'Commit', wide: true, fit: true, cell: row => <Commit hash={row.commit} url={row.commitUrl} /> },
    { title: 'Author', wide: true, keep: 24, cell: row => row.author },
    { title: 'Started', fit: true, bare: true, cell: row => <TimeAgo at={row.createdAt} /> },
  ]
  return (
    <div className="stack">
      {chips && <FilterChips label="State" options={states} value={chosen} onChange={setState} />}
      {query.isPending ? (
        <SkeletonRows />
      ) : query.error && rows.length === 0 ? (
        <Failure error={query.error} retry={() => void query.refetch()} />
      ) : (
        <QueryTable
          label="Rollouts"
          columns={filter.project ? columns.filter(column => column.title !== 'Project') : columns}
          rows={rows}
          id={row => row.id}
          to={row => pb.rollout(row.id)}
          empty={
            <EmptyState icon="rollout">
              {chosen
                ? 'No rollouts in this state.'
                : 'No rollouts yet. Push a migration to the branch of a linked repository to start one.'}
            </EmptyState>
          }
        />
      )}
      {query.hasNextPage && (
        <div>
          <Button variant="default" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            Show older rollouts
          </Button>
        </div>
      )}
    </div>
  )
}

/** The outcome of a rollout, and whether a newer one took over. */
export function RolloutBadge({ rollout }: { rollout: Pick<Schemas['Rollout'], 'state' | 'supersededBy' | 'paused'> }) {
  const { state, supersededBy, paused } = rollout
  const detail = supersededBy && state !== 'superseded' ? 'then superseded' : paused ? 'paused' : undefined
  return <StateBadge state={state} detail={detail} />
}

/** Reports whether something in the rollout continues by itself. */
export function isMoving(rollout: Pick<Schemas['Rollout'], 'state'>): boolean {
  return rollout.state === 'running' || rollout.state === 'pending'
}
