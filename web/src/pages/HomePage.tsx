import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Navigate } from '@tanstack/react-router'
import { projectsQuery, rolloutsQuery } from '~/api/queries'
import { FirstSteps } from '~/components/FirstSteps'
import { Loaded } from '~/components/Loaded'
import { Page } from '~/components/Page'
import { pb } from '~/util/path-builder'

/** The first visit shows the first steps; later visits show the rollouts. */
export default function HomePage() {
  const projects = useQuery(projectsQuery)
  const rollouts = useInfiniteQuery(rolloutsQuery({}))
  return (
    <Loaded query={projects}>
      {list => {
        if (rollouts.isPending) return null
        const any = (rollouts.data?.pages[0]?.items.length ?? 0) > 0
        if (any) return <Navigate to={pb.rollouts()} replace />
        return (
          <Page
            title="Welcome to Towpath"
            lead="Your repository defines your schemas, and Towpath applies them to each database. Follow these steps to your first rollout."
          >
            <FirstSteps project={list[0]} />
          </Page>
        )
      }}
    </Loaded>
  )
}
