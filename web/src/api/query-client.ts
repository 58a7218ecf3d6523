import { QueryClient } from '@tanstack/react-query'
import { backoff } from '~/util/backoff'
import { isRefusal } from './polling'

/**
 * Caches the API's answers. Everything is refetched when the window gets the focus; refusals are
 * not retried. While the server is away queries pause, and a write fails at once: later nobody
 * would expect it any more.
 */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 2000,
      refetchOnWindowFocus: true,
      retry: (failures, error) => !isRefusal(error) && failures < 2,
      retryDelay: failures => backoff(failures + 1),
    },
    mutations: { networkMode: 'always' },
  },
})
