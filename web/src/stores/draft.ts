/**
 * The values typed into the wizard, so that people need not type them again after a failed sign-in.
 * They are only in this page's memory, since one is a secret, and are dropped when the wizard ends.
 */
interface Draft {
  type: string
  instanceUrl: string
  displayName: string
  applicationId: string
  secret: string
}

let draft: Draft | null = null

/** Returns the last values; null after a reload. */
export function recallDraft(): Draft | null {
  return draft
}

/** Keeps the values; null drops them. */
export function keepDraft(next: Draft | null) {
  draft = next
}
