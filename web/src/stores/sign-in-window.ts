/**
 * The window in which somebody signs in at a Git provider. It is opened empty in the click itself, because browsers block windows that
 * open later, and led to the provider's page when its address is known.
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
    // a window of that name still shows the provider's page, which is not ours to write into
  }
  return true
}

/** Leads the window to the provider's page, and keeps the address for a second try, also after a reload of this page. */
export function leadTo(verification: string, url: string) {
  sessionStorage.setItem(storageKey(verification), url)
  if (!current || current.closed) {
    blocked.add(verification)
    return
  }
  current.opener = null // the provider's page has no business with this one
  current.location.replace(url)
}

/** Opens the provider's page once more; false when the browser blocks it again. Call it in the handler of a click. */
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

/** Whether the browser kept the window from opening. */
export function wasBlocked(verification: string): boolean {
  return blocked.has(verification)
}

/** Whether the window cannot be seen any more. A provider may cut the tie between the windows, so this proves nothing. */
export function isGone(): boolean {
  return current?.closed ?? false
}

/** Closes the window and forgets where a verification led to. */
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
    // it is somebody else's by now
  }
  current = null
}

const storageKey = (verification: string) => `towpath-sign-in-${verification}`
