import { onlineManager, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { http, unwrap } from '~/api/client'
import { isAway, isRefusal } from '~/api/polling'
import { backoff } from '~/util/backoff'

/** What a hint is no reason to ask for again: the answers come from far away, or do not change by themselves. */
const still = new Set(['grants', 'preview', 'git-provider-types', 'session', 'setup'])

/** At least this many milliseconds between two rounds of asking. */
const pause = 300

/**
 * Keeps what is on the page as the server has it. The server only hints that something has changed; the page asks for what it shows.
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
    const look = () => {
      timer ||= window.setTimeout(() => {
        timer = 0
        void client.invalidateQueries(
          { predicate: query => !still.has(String(query.queryKey[0])) && !isRefusal(query.state.error) },
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
      stream.addEventListener('changed', look)
      stream.addEventListener('open', () => {
        if (failures > 0) look() // hints have been missed
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
