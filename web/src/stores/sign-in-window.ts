/**
 * The window for the sign-in at a Git provider. It is opened empty in the click handler, because
 * browsers block windows that open later, and navigates to the provider's page when the address is
 * known.
 */
const windowName = 'towpath-sign-in'
const features = 'popup,width=760,height=820'

let current: Window | null = null
const blocked = new Set<string>()

/** Opens the empty window; false when the browser blocks it. Call it in the handler of a click. */
export function openEmpty(provider: string): boolean {
  current = window.open('', windowName, features)
  if (!current) return false
  try {
    current.document.title = `Opening ${provider}`
    current.document.body.textContent = `Opening ${provider} …`
  } catch {
    // a window of that name still shows the provider's page, into which this page cannot write
  }
  return true
}

/**
 * Navigates the window to the provider's page, and keeps the address for a second try, even after a
 * reload of this page.
 */
export function leadTo(verification: string, url: string) {
  sessionStorage.setItem(storageKey(verification), url)
  if (!current || current.closed) {
    blocked.add(verification)
    return
  }
  current.opener = null // the provider's page must not reach this one
  current.location.replace(url)
}

/**
 * Opens the provider's page again; false when the browser blocks it again. Call it in the handler
 * of a click.
 */
export function openAgain(verification: string): boolean {
  const url = addressOf(verification)
  if (!url) return false
  current = window.open('', windowName, features)
  if (!current) return false
  blocked.delete(verification)
  leadTo(verification, url)
  return true
}

/** The provider's page of a verification that this tab has started. */
export function addressOf(verification: string): string | null {
  return sessionStorage.getItem(storageKey(verification))
}

/** Reports whether the browser blocked the window. */
export function wasBlocked(verification: string): boolean {
  return blocked.has(verification)
}

/**
 * Reports whether the window seems closed. A provider may separate the windows, so this proves
 * nothing.
 */
export function isGone(): boolean {
  return current?.closed ?? false
}

/** Closes the window and drops a verification's address. */
export function finish(verification: string) {
  sessionStorage.removeItem(storageKey(verification))
  blocked.delete(verification)
  shut()
}

/** Closes the window. */
export function shut() {
  try {
    current?.close()
  } catch {
    // it belongs to another site now
  }
  current = null
}

const storageKey = (verification: string) => `towpath-sign-in-${verification}`
