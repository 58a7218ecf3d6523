import '~/ui/app.css'
import '~/ui/colors.css'
import '~/ui/styles'
import { MantineProvider } from '@mantine/core'
import { Notifications } from '@mantine/notifications'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { isSignedOut } from '~/api/errors'
import { sessionQuery } from '~/api/queries'
import { queryClient } from '~/api/query-client'
import { router, signedIn } from '~/routes'
import { theme } from '~/ui/theme'

/** A session that ended while a page was open leads to the sign-in and back. */
queryClient.getQueryCache().subscribe(event => {
  if (
    event.type === 'updated' &&
    event.action.type === 'error' &&
    isSignedOut(event.action.error) &&
    event.query.queryKey[0] !== 'session'
  ) {
    queryClient.removeQueries({ queryKey: ['session'] })
    void router.invalidate()
  }
})

/** The member and the code of the page come while React begins; the router shows a failure. */
for (const route of router.getMatchedRoutes(window.location.pathname)[0]) {
  if (route === signedIn) void queryClient.prefetchQuery(sessionQuery)
  router.loadRouteChunk(route)?.catch(() => {})
}

const root = document.getElementById('root')
if (!root) throw new Error('the page has no root')
createRoot(root).render(
  <StrictMode>
    <MantineProvider theme={theme} defaultColorScheme="auto">
      <Notifications position="bottom-right" />
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
)
