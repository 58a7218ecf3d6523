import { useQuery } from '@tanstack/react-query'
import type { Schemas } from '~/api/client'
import { unlessRefused } from '~/api/polling'
import { inboxCountQuery, overviewQuery, projectsQuery } from '~/api/queries'
import { FirstSteps } from '~/components/FirstSteps'
import { Link } from '~/components/Link'
import { LinkButton } from '~/components/LinkButton'
import { Loaded } from '~/components/Loaded'
import { Matrix } from '~/components/overview/Matrix'
import { Weeks } from '~/components/overview/Weeks'
import { Page } from '~/components/Page'
import { TimeAgo } from '~/components/TimeAgo'
import { Notice } from '~/ui/Notice'
import { pb } from '~/util/path-builder'
import { count } from '~/util/str'

/** Where every project is. Until something has changed, the first steps. */
export default function HomePage() {
  const overview = useQuery({
    ...overviewQuery,
    refetchInterval: ({ state: { error } }) => unlessRefused(error, 30_000),
  })
  return (
    <Loaded query={overview}>
      {data => {
        const begun = data.projects.some(project =>
          project.cells.some(cell => cell.newest ?? cell.waiting ?? cell.running ?? cell.failed),
        )
        if (!begun) return <Welcome />
        return (
          <Page title="Overview" lead="The newest change in each environment, and what waits, runs, failed or drifted.">
            <Overdue overview={data} />
            <WaitingForYou />
            <Weeks weeks={data.weeks} />
            <Matrix overview={data} />
          </Page>
        )
      }}
    </Loaded>
  )
}

/** Starts past a gate at which nobody has looked in time. */
function Overdue({ overview }: { overview: Schemas['Overview'] }) {
  return overview.overdue.map(late => (
    <Notice
      key={late.rolloutId + late.since}
      kind="error"
      title={`${late.project}: nobody has looked at a start past the gate of ${late.environment || 'a removed environment'}`}
      action={<LinkButton to={pb.rollout(late.rolloutId)}>Open the rollout</LinkButton>}
    >
      Due since <TimeAgo at={late.since} />.
    </Notice>
  ))
}

function WaitingForYou() {
  const { data: waiting = 0 } = useQuery(inboxCountQuery)
  if (waiting === 0) return null
  return (
    <p>
      <Link to={pb.inbox()}>{count(waiting, 'item')} waiting for you</Link>
    </p>
  )
}

function Welcome() {
  const projects = useQuery(projectsQuery)
  return (
    <Loaded query={projects}>
      {list => (
        <Page
          title="Welcome to Towpath"
          lead="Your repository defines your schemas, and Towpath applies them to each database. Follow these steps to your first rollout."
        >
          <FirstSteps project={list[0]} />
        </Page>
      )}
    </Loaded>
  )
}
