/** The advice for a person who waits for a sign-in; "" for none. */
export type Advice = '' | 'blocked' | 'elsewhere' | 'gone' | 'slow'

interface Waiting {
  /** The browser blocked the window. */
  blocked: boolean
  /** The window is not visible any more. */
  gone: boolean
  /** This tab has the address of the provider's page. */
  startedHere: boolean
  /** Milliseconds since the start. */
  waited: number
}

/** After a minute without an answer people wonder what is wrong. */
const patience = 60_000

/** Chooses the advice: certain obstacles first, possible ones last. */
export function adviceFor({ blocked, gone, startedHere, waited }: Waiting): Advice {
  if (!startedHere) return 'elsewhere'
  if (blocked) return 'blocked'
  if (waited >= patience) return 'slow'
  return gone ? 'gone' : ''
}
