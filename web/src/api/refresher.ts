import type { Query, QueryClient } from '@tanstack/react-query'
import { type ChangeEvent, touches } from './changes'
import { isRefusal } from './polling'

/**
 * Refetches the queries that changes make stale, in rounds. A query that is being fetched when a
 * change arrives may have read what was there before, so it is fetched again once that fetch ends.
 * Cutting it off instead would keep a slow query from ever ending while changes go on.
 */
export class Refresher {
  private readonly client: QueryClient
  private readonly pause: number
  private changes: ChangeEvent[] = []
  /** The hashes of queries that were being fetched when they became stale. */
  private late = new Set<string>()
  private timer: ReturnType<typeof setTimeout> | undefined

  /** The pause is the minimum of milliseconds between two rounds. */
  constructor(client: QueryClient, pause = 300) {
    this.client = client
    this.pause = pause
  }

  /** Takes a change into the next round. */
  hear(change: ChangeEvent) {
    this.changes.push(change)
    this.timer ??= setTimeout(() => this.refetch(), this.pause)
  }

  /** Ends the pause before the next round. */
  refetch() {
    this.stop()
    const seen = this.changes.splice(0)
    const stale = this.client.getQueryCache().findAll({
      predicate: ({ queryHash, queryKey, state }) =>
        !isRefusal(state.error) && (this.late.has(queryHash) || seen.some(change => touches(change, queryKey))),
    })
    this.late = new Set(stale.filter(isFetched).map(query => query.queryHash))
    const now = new Set(stale.filter(query => !isFetched(query)))
    void this.client.invalidateQueries({ predicate: query => now.has(query) })
    if (this.late.size > 0) this.timer = setTimeout(() => this.refetch(), this.pause)
  }

  /** Keeps the next round from coming by itself. */
  stop() {
    clearTimeout(this.timer)
    this.timer = undefined
  }
}

function isFetched(query: Query): boolean {
  return query.state.fetchStatus === 'fetching'
}
