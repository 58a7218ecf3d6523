import { QueryClient } from '@tanstack/react-query'
import { ApiError } from './errors'

/** Holds what the API answered. Everything is asked for again when the window gets the focus; refusals are not tried twice. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 2000,
      refetchOnWindowFocus: true,
      retry: (failures, error) =>
        !(error instanceof ApiError && error.status >= 400 && error.status < 500) && failures < 2,
    },
  },
})
