/** The state of a link, as far as a heading needs it. */
export interface Standing {
  reading?: unknown
  waitsFor?: unknown
  headCommit?: string
  syncedCommit?: string
  rollout?: { state: string } | null
  plan: { items: unknown[] }
}

/**
 * The heading over a link's state: it asks why nothing happens only when something should happen
 * and nothing does.
 */
export function headingOf({ reading, waitsFor, headCommit, syncedCommit, rollout, plan }: Standing): string {
  const moves = rollout?.state === 'running' || rollout?.state === 'pending'
  if (reading || (headCommit ?? '') !== (syncedCommit ?? '')) return 'Reading the newest commit'
  if (moves && !waitsFor) return 'A rollout is running'
  if (rollout?.state === 'failed') return 'A change failed'
  if (rollout?.state === 'unknown') return 'A change needs a person'
  if (waitsFor || plan.items.length > 0) return 'Why is nothing happening?'
  return 'Up to date'
}
