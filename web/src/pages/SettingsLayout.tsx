import { useQuery } from '@tanstack/react-query'
import { Outlet } from '@tanstack/react-router'
import { can } from '~/api/can'
import { sessionQuery } from '~/api/queries'
import { SideNav } from '~/components/SideNav'
import { pb } from '~/util/path-builder'

/** The settings' sidebar. Only owners see the owners' pages. */
export default function SettingsLayout() {
  const session = useQuery(sessionQuery)
  const workspace = [
    { label: 'General', to: pb.general() },
    { label: 'Members', to: pb.members() },
    { label: 'SQL review', to: pb.review() },
  ]
  if (can(session.data, 'environments.manage')) {
    workspace.push({ label: 'Notifications', to: pb.receivers() })
  }
  if (can(session.data, 'git-providers.manage')) {
    workspace.push({ label: 'GitOps', to: pb.gitProviders() }, { label: 'Audit log', to: pb.audit() })
  }
  const account = [
    { label: 'Profile', to: pb.profile() },
    { label: 'API tokens', to: pb.apiTokens() },
  ]
  return (
    <SideNav
      label="Settings"
      groups={[
        { title: 'Account', links: account },
        { title: 'Workspace', links: workspace },
      ]}
    >
      <Outlet />
    </SideNav>
  )
}
