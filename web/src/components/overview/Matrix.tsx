import { TextInput } from '@mantine/core'
import type { Schemas } from '~/api/client'
import { useFilter } from '~/hooks/use-params'
import { type Column, QueryTable } from '~/table/QueryTable'
import { EmptyState } from '~/ui/EmptyState'
import { pb } from '~/util/path-builder'
import { matches } from '~/util/str'
import { FilterChips } from '../FilterChips'
import { Link, ListLink } from '../Link'
import { StateBadge } from '../StateBadge'
import { TimeAgo } from '../TimeAgo'
import classes from './Matrix.module.css'

type Project = Schemas['OverviewProject']
type Cell = Schemas['OverviewCell']

/** What the matrix can be narrowed to. */
const views = {
  '': () => true,
  attention: (cell: Cell) => (cell.failed ?? cell.drifted) !== undefined,
  waiting: (cell: Cell) => cell.waiting !== undefined,
  running: (cell: Cell) => cell.running !== undefined,
}

/** The projects of which a cell fits a view; all for "". */
export function inView(projects: Project[], view: string): Project[] {
  if (!Object.hasOwn(views, view)) return projects
  return projects.filter(project => project.cells.some(views[view as keyof typeof views]))
}

/** Projects from top to bottom and environments from left to right: what is there, and what is not done. */
export function Matrix({ overview }: { overview: Schemas['Overview'] }) {
  const [view, setView] = useFilter('show')
  const [search, setSearch] = useFilter('search')
  const rows = inView(overview.projects, view).filter(project => matches(project.name, search))
  const chip = (value: string, label: string) => [value, `${label} ${inView(overview.projects, value).length}`] as const
  const columns: Column<Project>[] = [
    { title: 'Project', keep: 32, cell: row => <ListLink to={pb.project(row.id)}>{row.name}</ListLink> },
    ...overview.environments.map(environment => ({
      title: environment.name,
      line: true,
      cell: (row: Project) => (
        <CellView project={row.id} cell={row.cells.find(one => one.environmentId === environment.id)} />
      ),
    })),
  ]
  return (
    <section className="stack tight" aria-label="Projects by environment">
      <div className="row wrap" style={{ gap: '8px 16px' }}>
        <TextInput
          aria-label="Search projects"
          placeholder="Search by name"
          value={search}
          onChange={event => setSearch(event.currentTarget.value)}
        />
        <FilterChips
          label="Projects"
          options={[
            chip('', 'All'),
            chip('attention', 'Needs attention'),
            chip('waiting', 'Waiting'),
            chip('running', 'Running'),
          ]}
          value={view}
          onChange={setView}
        />
      </div>
      <QueryTable
        label="Projects by environment"
        columns={columns}
        rows={rows}
        id={row => row.id}
        to={row => pb.project(row.id)}
        step={50}
        empty={<EmptyState icon="layers">No projects match.</EmptyState>}
      />
      {overview.moreProjects && (
        <p className="muted small">
          Only the first {overview.projects.length} projects by name are shown.{' '}
          <Link to={pb.projects()}>Open the list of projects</Link> for the others.
        </p>
      )}
    </section>
  )
}

/** A project in an environment; each part links to its evidence. */
function CellView({ project, cell }: { project: string; cell: Cell | undefined }) {
  if (!cell) {
    return (
      <span className="muted">
        <span aria-hidden="true">–</span>
        <span className="visually-hidden">No databases</span>
      </span>
    )
  }
  const { newest, others = 0, failed, waiting, running, drifted = 0, driftedId } = cell
  return (
    <div className={classes.cell}>
      <div className={classes.version}>
        {newest ? (
          <>
            <ListLink to={pb.change(newest.databaseId, newest.changeId)} className="mono">
              {newest.version}
            </ListLink>
            <span className="muted small">
              <TimeAgo at={newest.at} many />
            </span>
          </>
        ) : (
          <span className="muted small">No changes yet</span>
        )}
        {others > 0 && newest && (
          <ListLink to={pb.projectDatabases(project)} className="small">
            {others} of {cell.databases} at another version
          </ListLink>
        )}
      </div>
      {failed && (
        <ListLink to={pb.rollout(failed.rolloutId)} aria-label={`${failed.count} failed, open the rollout`}>
          <StateBadge state="failed" detail={String(failed.count)} />
        </ListLink>
      )}
      {running && (
        <ListLink to={pb.rollout(running.rolloutId)} aria-label={`${running.count} running, open the rollout`}>
          <StateBadge state="running" detail={String(running.count)} />
        </ListLink>
      )}
      {waiting && (
        <ListLink to={pb.rollout(waiting.rolloutId)} aria-label={`${waiting.count} waiting, open the rollout`}>
          <StateBadge state="waiting" detail={String(waiting.count)} />
        </ListLink>
      )}
      {drifted > 0 && driftedId && (
        <ListLink
          to={drifted === 1 ? pb.database(driftedId) : pb.projectDatabases(project)}
          aria-label={`${drifted} drifted, open the databases`}
        >
          <StateBadge state="drifted" detail={String(drifted)} />
        </ListLink>
      )}
    </div>
  )
}
