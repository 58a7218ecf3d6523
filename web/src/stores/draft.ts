/**
 * What was typed into the wizard, so that a failed sign-in does not ask for it again. It lives in this page's memory alone, since there
 * is a secret in it, and is forgotten when the wizard ends.
 */
interface Draft {
  type: string
  instanceUrl: string
  displayName: string
  applicationId: string
  secret: string
}

let draft: Draft | null = null

/** What was typed last; null after a reload. */
export function recallDraft(): Draft | null {
  return draft
}

/** Keeps what was typed; null forgets it. */
export function keepDraft(next: Draft | null) {
  draft = next
}
