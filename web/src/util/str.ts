/** The first characters of a hash, enough to compare. */
export function shortHash(hash: string): string {
  return hash.slice(0, 7)
}

/** A count with its noun: "1 file", "3 files". */
export function count(n: number, one: string, many = `${one}s`): string {
  return `${n.toLocaleString('en')} ${n === 1 ? one : many}`
}

/** Reports whether the text contains every word of the query, ignoring case. */
export function matches(text: string, query: string): boolean {
  const hay = text.toLowerCase()
  return query
    .toLowerCase()
    .split(/\s+/)
    .every(word => hay.includes(word))
}
