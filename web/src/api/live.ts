import { onlineManager, type QueryClient } from '@tanstack/react-query'
import { backoff } from '~/util/backoff'
import type { ChangeEvent } from './changes'
import { http, unwrap } from './client'
import { isAway } from './polling'
import { queryClient } from './query-client'
import { Refresher } from './refresher'

/** For how many milliseconds a page waits for the stream before it loads. */
const patience = 500

/**
 * Keeps what is shown up to date. The server names what has changed, and the page refetches what it
 * shows of that. A hidden tab holds no stream open, since browsers allow only a few per host. If
 * the server does not answer, the stream is retried after growing pauses, and until then no query
 * runs.
 */
class Live {
  private readonly refresher: Refresher
  private stream: EventSource | null = null
  private opened = false
  private retry = 0
  private failures = 0
  private patient = 0
  private began = promised()
  private heard = false

  constructor(client: QueryClient) {
    this.refresher = new Refresher(client)
  }

  /**
   * Opens the stream, and resolves when a page may load. The first message says that the stream
   * began, and the server follows the changes before it sends that. So what a page asks for
   * afterwards has every earlier change, and each later one comes by the stream: nothing has to be
   * loaded twice. A stream that is late does not keep the page empty; its first message then
   * refetches what was loaded without it.
   */
  open(): Promise<void> {
    if (!this.opened) {
      this.opened = true
      this.patient = window.setTimeout(this.began.resolve, patience)
      document.addEventListener('visibilitychange', this.follow)
      window.addEventListener('online', this.follow)
      this.follow()
    }
    return this.began.promise
  }

  close() {
    document.removeEventListener('visibilitychange', this.follow)
    window.removeEventListener('online', this.follow)
    window.clearTimeout(this.patient)
    this.refresher.stop()
    this.leave()
    onlineManager.setOnline(true)
    this.began = promised()
    this.opened = this.heard = false
  }

  private readonly follow = () => {
    this.leave()
    if (document.visibilityState === 'hidden') return
    this.stream = new EventSource('/api/v1/events')
    this.stream.addEventListener('changed', event => this.hear(JSON.parse(event.data) as ChangeEvent))
    this.stream.addEventListener('open', () => {
      if (this.failures > 0) this.refresher.hear({}) // events were missed
      this.failures = 0
      onlineManager.setOnline(true)
    })
    this.stream.addEventListener('error', () => void this.fail())
  }

  private hear(change: ChangeEvent) {
    this.refresher.hear(change)
    if (this.heard) return
    this.heard = true
    this.refresher.refetch() // at once, so that it is not about what the page loads from now on
    this.began.resolve()
  }

  /** A stream may end by itself, and a proxy may refuse it: only a server without any answer is away. */
  private async fail() {
    this.failures++
    this.leave()
    this.retry = window.setTimeout(this.follow, backoff(this.failures))
    if (this.failures === 1) return
    const away = await serverIsAway()
    if (this.failures > 0) onlineManager.setOnline(!away)
  }

  private leave() {
    window.clearTimeout(this.retry)
    this.stream?.close()
    this.stream = null
  }
}

/** The one stream of this tab. */
export const live = new Live(queryClient)

function promised() {
  let resolve = () => {}
  const promise = new Promise<void>(done => {
    resolve = done
  })
  return { promise, resolve }
}

async function serverIsAway(): Promise<boolean> {
  try {
    await unwrap(http.GET('/api/v1/setup'))
    return false
  } catch (error) {
    return isAway(error)
  }
}
