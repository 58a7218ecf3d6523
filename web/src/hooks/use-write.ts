import { useMutation, useQueryClient } from '@tanstack/react-query'
import { messageOf } from '~/api/errors'
import { sayDone, sayFailed } from '~/stores/toast'

interface WriteOptions<V, T> {
  run: (input: V) => Promise<T>
  /** Said when it is done; nothing when left out. */
  done?: (result: T, input: V) => string
  after?: (result: T, input: V) => void
}

/** A change outside of a form: what shows is asked for again, and both outcomes are said in a toast. */
export function useWrite<V = void, T = unknown>({ run, done, after }: WriteOptions<V, T>) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: run,
    onSuccess: async (result: T, input: V) => {
      await client.invalidateQueries()
      if (done) sayDone(done(result, input))
      after?.(result, input)
    },
    onError: error => sayFailed(messageOf(error)),
  })
}
