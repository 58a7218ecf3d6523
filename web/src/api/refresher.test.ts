import { QueryClient, QueryObserver } from '@tanstack/react-query'
import { describe, expect, it, vi } from 'vitest'
import { Refresher } from './refresher'

/** A query of rollouts whose fetches end when the test says so, with what the server held at their beginning. */
function slow() {
  const client = new QueryClient()
  const ends: (() => void)[] = []
  const server = { holds: 'before' }
  const observer = new QueryObserver(client, {
    queryKey: ['rollouts', {}],
    queryFn: () => {
      const read = server.holds
      return new Promise<string>(resolve => ends.push(() => resolve(read)))
    },
  })
  let shown: string | undefined
  const leave = observer.subscribe(({ data }) => {
    shown = data
  })
  return { client, server, ends, leave, shown: () => shown }
}

describe('Refresher', () => {
  it('shows a change that came while the query was being fetched', async () => {
    const { client, server, ends, leave, shown } = slow()
    const refresher = new Refresher(client, 1)
    server.holds = 'after'
    refresher.hear({ kind: 'rollout.changed', rolloutId: 'r1' })
    refresher.refetch()
    expect(ends).toHaveLength(1) // the fetch goes on
    ends[0]?.()
    await vi.waitFor(() => expect(ends).toHaveLength(2))
    expect(shown()).toBe('before')
    ends[1]?.()
    await vi.waitFor(() => expect(shown()).toBe('after'))
    refresher.stop()
    leave()
  })

  it('fetches once for many changes of a round', async () => {
    const { client, ends, leave, shown } = slow()
    ends[0]?.()
    await vi.waitFor(() => expect(shown()).toBe('before'))
    const refresher = new Refresher(client, 1)
    for (const rolloutId of ['r1', 'r2', 'r3']) refresher.hear({ kind: 'rollout.changed', rolloutId })
    await vi.waitFor(() => expect(ends).toHaveLength(2))
    ends[1]?.()
    refresher.refetch()
    expect(ends).toHaveLength(2)
    refresher.stop()
    leave()
  })

  it('leaves alone what a change does not touch', () => {
    const { client, ends, leave } = slow()
    const refresher = new Refresher(client, 1)
    refresher.hear({ kind: 'receiver.changed' })
    refresher.refetch()
    expect(ends).toHaveLength(1)
    leave()
  })
})
