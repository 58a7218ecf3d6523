import { onlineManager, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { type ChangeEvent, touches } from '~/api/changes'
import { http, unwrap } from '~/api/client'
import { isAway, isRefusal } from '~/api/polling'
import { backoff } from '~/util/backoff'

/** The minimum of milliseconds between two rounds of refetching. */
const pause = 300

/**
 * Keeps the page up to date. The server names what has changed, and the page refetches what it
 * shows of that. A hidden tab holds no stream open, since browsers allow only a few per host. If
 * the server does not answer, the stream is retried after growing pauses, and until then no query
 * runs.
 */
export function useLive() {
  const client = useQueryClient()
  useEffect(() => {
    let stream: EventSource | null = null
    let timer = 0
    let retry = 0
    let failures = 0
    let changes: ChangeEvent[] = []
    const look = (change: ChangeEvent) => {
      changes.push(change)
      timer ||= window.setTimeout(() => {
        timer = 0
        const seen = changes
        changes = []
        void client.invalidateQueries(
          { predicate: ({ queryKey, state }) => !isRefusal(state.error) && seen.some(one => touches(one, queryKey)) },
          { cancelRefetch: false },
        )
      }, pause)
    }
    const leave = () => {
      window.clearTimeout(retry)
      stream?.close()
      stream = null
    }
    // A stream may end by itself, and a proxy may refuse it: only a server without any answer is
    // away.
    const fail = async () => {
      failures++
      leave()
      retry = window.setTimeout(follow, backoff(failures))
      if (failures === 1) return
      const away = await serverIsAway()
      if (failures > 0) onlineManager.setOnline(!away)
    }
    const follow = () => {
      leave()
      if (document.visibilityState === 'hidden') return
      stream = new EventSource('/api/v1/events')
      stream.addEventListener('changed', event => look(JSON.parse(event.data) as ChangeEvent))
      stream.addEventListener('open', () => {
        if (failures > 0) look({}) // events were missed
        failures = 0
        onlineManager.setOnline(true)
      })
      stream.addEventListener('error', () => void fail())
    }
    follow()
    document.addEventListener('visibilitychange', follow)
    window.addEventListener('online', follow)
    return () => {
      document.removeEventListener('visibilitychange', follow)
      window.removeEventListener('online', follow)
      window.clearTimeout(timer)
      leave()
      onlineManager.setOnline(true)
    }
  }, [client])
}

async function serverIsAway(): Promise<boolean> {
  try {
    await unwrap(http.GET('/api/v1/setup'))
    return false
  } catch (error) {
    return isAway(error)
  }
}
