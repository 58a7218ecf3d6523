import { useSyncExternalStore } from 'react'

const tick = 1000

let now = new Date()
let timer = 0
const listeners = new Set<() => void>()

function subscribe(listener: () => void) {
  listeners.add(listener)
  timer ||= window.setInterval(() => {
    now = new Date()
    for (const listen of listeners) listen()
  }, tick)
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0) return
    window.clearInterval(timer)
    timer = 0
  }
}

/** The clock's time. Without a listener nothing advances it, so reading it sets it. */
function read(): Date {
  if (!timer && Date.now() - now.getTime() >= tick) now = new Date()
  return now
}

/**
 * A value that depends on the current time, such as "3 minutes ago". All components share one
 * timer, and each renders again only when its own value changes.
 */
export function useClock<T extends string | number | boolean>(select: (now: Date) => T): T {
  return useSyncExternalStore(subscribe, () => select(read()))
}
