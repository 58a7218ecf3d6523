import { onlineManager, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { type ChangeEvent, touches } from '~/api/changes'
import { http, unwrap } from '~/api/client'
import { isAway, isRefusal } from '~/api/polling'
import { backoff } from '~/util/backoff'

/** At least this many milliseconds between two rounds of asking. */
const pause = 300

/**
 * Keeps what is on the page as the server has it. The server names what has changed, and the page asks for what it shows of that.
 * A tab that nobody sees holds no stream open, since browsers allow only a few to one host. A server that does not answer
 * is tried again after growing pauses, and until then no query runs.
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
    // A stream ends on its own now and then, and a proxy may refuse it: only a server that answers nothing is away.
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
        if (failures > 0) look({}) // events have been missed
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
