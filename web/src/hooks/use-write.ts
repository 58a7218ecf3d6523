import { notifications } from '@mantine/notifications'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { messageOf } from '~/api/errors'

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
      if (done) notifications.show({ message: done(result, input), color: 'green', withBorder: true })
      after?.(result, input)
    },
    onError: error =>
      notifications.show({
        title: 'That did not work',
        message: messageOf(error),
        color: 'red',
        withBorder: true,
        autoClose: 10_000,
      }),
  })
}
