/** The first characters of a hash, enough to compare. */
export function shortHash(hash: string): string {
  return hash.slice(0, 7)
}

/** A count with its noun: "1 file", "3 files". */
export function count(n: number, one: string, many = `${one}s`): string {
  return `${n.toLocaleString('en')} ${n === 1 ? one : many}`
}

/** The first names of a list, and how many more there are: "a, b and 3 more"; unlisted ones count too. */
export function some(names: readonly string[], most = 5, unlisted = 0): string {
  const more = Math.max(names.length - most, 0) + unlisted
  return more > 0 ? `${names.slice(0, most).join(', ')} and ${more.toLocaleString('en')} more` : names.join(', ')
}

/** Reports whether the text contains every word of the query, ignoring case. */
export function matches(text: string, query: string): boolean {
  const hay = text.toLowerCase()
  return query
    .toLowerCase()
    .split(/\s+/)
    .every(word => hay.includes(word))
}

/** A number that is an estimate: "about 1.2 million", and 12 as it is. */
export function about(n: number): string {
  if (n < 10_000) return n.toLocaleString('en')
  return `about ${new Intl.NumberFormat('en', { notation: 'compact', compactDisplay: 'long', maximumFractionDigits: 1 }).format(n)}`
}

const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const

/** A size in the unit that fits: "512 bytes", "4.1 GiB". */
export function size(bytes: number): string {
  let value = bytes
  let unit = 0
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024
    unit++
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`
}
