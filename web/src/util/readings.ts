/** What the catalogue said of one object before a statement, and what it says now. */
export interface Reading {
  object: string
  before: string
  now: string
}

const head = /\n\n(.+) before:\n/

/** Takes the readings out of a reason that the executor gave; a reason in other words stays whole. */
export function readingsOf(reason: string): { text: string; readings: Reading[] } {
  const [text = '', ...parts] = reason.split(head)
  const readings: Reading[] = []
  for (let i = 0; i + 1 < parts.length; i += 2) {
    const [before = '', now] = (parts[i + 1] ?? '').split('\nand now:\n')
    if (now === undefined) return { text: reason, readings: [] }
    readings.push({ object: parts[i] ?? '', before, now })
  }
  return { text, readings }
}
