import { useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'

/** What a hint is no reason to ask for again: the answers come from far away, or do not change by themselves. */
const still = new Set(['grants', 'preview', 'git-provider-types', 'session', 'setup'])

/** At least this many milliseconds between two rounds of asking. */
const pause = 300

/**
 * Keeps what is on the page as the server has it. The server only hints that something has changed; the page asks for what it shows.
 * A tab that nobody sees holds no stream open, since browsers allow only a few to one host.
 */
export function useLive() {
  const client = useQueryClient()
  useEffect(() => {
    let stream: EventSource | null = null
    let timer = 0
    const look = () => {
      timer ||= window.setTimeout(() => {
        timer = 0
        void client.invalidateQueries(
          { predicate: query => !still.has(String(query.queryKey[0])) },
          { cancelRefetch: false },
        )
      }, pause)
    }
    const follow = () => {
      if (document.visibilityState === 'hidden') {
        stream?.close()
        stream = null
      } else if (!stream || stream.readyState === EventSource.CLOSED) {
        stream = new EventSource('/api/v1/events')
        stream.addEventListener('changed', look)
      }
    }
    follow()
    document.addEventListener('visibilitychange', follow)
    return () => {
      document.removeEventListener('visibilitychange', follow)
      window.clearTimeout(timer)
      stream?.close()
    }
  }, [client])
}
