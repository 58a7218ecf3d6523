import { useQuery } from '@tanstack/react-query'
import { Outlet } from '@tanstack/react-router'
import { can } from '~/api/can'
import { sessionQuery } from '~/api/queries'
import { Loaded } from '~/components/Loaded'
import { Notice } from '~/ui/Notice'

/** Stands before the pages of Git providers. */
export default function OwnersOnly() {
  const session = useQuery(sessionQuery)
  return (
    <Loaded query={session}>
      {held =>
        can(held, 'git-providers.manage') ? (
          <Outlet />
        ) : (
          <Notice kind="warning" title="Only workspace owners manage Git providers">
            Ask an owner of this workspace. To link a repository through a provider that is there already, open GitOps
            in your project.
          </Notice>
        )
      }
    </Loaded>
  )
}
