import { useQuery } from '@tanstack/react-query'
import { Outlet } from '@tanstack/react-router'
import { projectQuery } from '~/api/queries'
import { Loaded } from '~/components/Loaded'
import { Page } from '~/components/Page'
import { Tabs } from '~/components/Tabs'
import { useParam } from '~/hooks/use-params'
import { pb } from '~/util/path-builder'

/** A project's head and tabs. */
export default function ProjectLayout() {
  const id = useParam('project')
  const project = useQuery(projectQuery(id))
  return (
    <Loaded query={project}>
      {({ name }) => (
        <Page title={name} crumbs={[{ label: 'Projects', to: pb.projects() }]}>
          <Tabs
            label="Project"
            tabs={[
              { label: 'Overview', to: pb.project(id), exact: true },
              { label: 'Rollouts', to: pb.projectRollouts(id) },
              { label: 'Reviews', to: pb.branchReviews(id) },
              { label: 'Databases', to: pb.projectDatabases(id) },
              { label: 'GitOps', to: pb.links(id) },
              { label: 'Members', to: pb.projectMembers(id) },
              { label: 'Settings', to: pb.projectSettings(id) },
            ]}
          />
          <Outlet />
        </Page>
      )}
    </Loaded>
  )
}
