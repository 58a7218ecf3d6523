/** A reason of the API, of which only the codes matter here. */
interface Reason {
  code: string
  causes?: Reason[]
}

/** What helps after a failure: the file must change, or the same file may pass another time. */
export type Remedy = 'push' | 'retry'

/** Codes of failures that are not the file's. */
const passing = new Set([
  'cancelled',
  'cancelled-early',
  'interrupted',
  'lock-timeout',
  'server-died',
  'session-alive',
  'statement-timeout',
  'text-unread',
])

/** What to offer first. A failure that says nothing else is taken to be the file's, which is what failures mostly are. */
export function remedyOf(reason: Reason | undefined): Remedy {
  if (!reason) return 'push'
  const isPassing = passing.has(reason.code) || (reason.causes ?? []).some(cause => remedyOf(cause) === 'retry')
  return isPassing ? 'retry' : 'push'
}
