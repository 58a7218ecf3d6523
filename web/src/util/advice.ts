/** What to tell somebody who waits for a sign-in; "" while there is nothing to tell. */
export type Advice = '' | 'blocked' | 'elsewhere' | 'gone' | 'slow'

interface Waiting {
  /** The browser kept the window from opening. */
  blocked: boolean
  /** The window is not to be seen any more. */
  gone: boolean
  /** This tab knows the address of the provider's page. */
  startedHere: boolean
  /** Milliseconds since the start. */
  waited: number
}

/** A minute without an answer is when people ask themselves what is wrong. */
const patience = 60_000

/** Decides what to tell: what surely hinders comes first, and what may be wrong last. */
export function adviceFor({ blocked, gone, startedHere, waited }: Waiting): Advice {
  if (!startedHere) return 'elsewhere'
  if (blocked) return 'blocked'
  if (waited >= patience) return 'slow'
  return gone ? 'gone' : ''
}
