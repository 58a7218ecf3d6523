import { useQuery } from '@tanstack/react-query'
import { Outlet } from '@tanstack/react-router'
import { can } from '~/api/can'
import { sessionQuery } from '~/api/queries'
import { Loaded } from '~/components/Loaded'
import { Notice } from '~/ui/Notice'

/** Guards the pages that only owners may see. */
export default function OwnersOnly() {
  const session = useQuery(sessionQuery)
  return (
    <Loaded query={session}>
      {held =>
        can(held, 'git-providers.manage') ? (
          <Outlet />
        ) : (
          <Notice kind="warning" title="Only workspace owners can open this page">
            Ask an owner of this workspace. To link a repository through a provider that was added before, open GitOps
            in your project.
          </Notice>
        )
      }
    </Loaded>
  )
}
