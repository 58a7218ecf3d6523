import { Outlet } from '@tanstack/react-router'
import { AppFrame } from '~/components/AppFrame'

/** The frame of all pages for signed-in members. */
export default function AppLayout() {
  return (
    <AppFrame>
      <Outlet />
    </AppFrame>
  )
}
