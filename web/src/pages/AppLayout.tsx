import { Outlet } from '@tanstack/react-router'
import { AppFrame } from '~/components/AppFrame'

/** Everything that somebody sees who is signed in. */
export default function AppLayout() {
  return (
    <AppFrame>
      <Outlet />
    </AppFrame>
  )
}
