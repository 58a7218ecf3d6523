import type { Schemas } from '~/api/client'

/** A reason of the API, of which only the codes matter here. */
interface Reason {
  code: Schemas['ReasonCode']
  causes?: Reason[]
}

/** What helps after a failure: a corrected file, or the same file at another time. */
export type Remedy = 'push' | 'retry'

/** Codes of failures that the file does not cause. */
const passing = new Set<Schemas['ReasonCode']>([
  'cancelled',
  'cancelled-early',
  'interrupted',
  'lock-timeout',
  'server-died',
  'session-alive',
  'statement-timeout',
  'text-unread',
])

/** The first remedy to offer. By default the file is the cause, as it is for most failures. */
export function remedyOf(reason: Reason | undefined): Remedy {
  if (!reason) return 'push'
  const isPassing = passing.has(reason.code) || (reason.causes ?? []).some(cause => remedyOf(cause) === 'retry')
  return isPassing ? 'retry' : 'push'
}
