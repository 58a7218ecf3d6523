import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type ChangeEvent, touches } from '~/api/changes'
import { messageOf } from '~/api/errors'
import { sayDone, sayFailed } from '~/stores/toast'

interface WriteOptions<V, T> {
  run: (input: V) => Promise<T>
  /** The change, so that only its data is refetched; without it, everything on the page is. */
  changes?: ChangeEvent
  /** The message after success; none if left out. */
  done?: (result: T, input: V) => string
  after?: (result: T, input: V) => void
  /** Whether the page itself shows an error, so that no toast does. */
  shows?: (error: unknown) => boolean
}

/**
 * A change outside of a form: it refetches what has changed, and shows both outcomes in a toast.
 */
export function useWrite<V = void, T = unknown>({ run, changes = {}, done, after, shows }: WriteOptions<V, T>) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: run,
    onSuccess: async (result: T, input: V) => {
      await client.invalidateQueries({ predicate: ({ queryKey }) => touches(changes, queryKey) })
      if (done) sayDone(done(result, input))
      after?.(result, input)
    },
    onError: error => {
      if (!shows?.(error)) sayFailed(messageOf(error))
    },
  })
}
