const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1000],
  ['ms', 1],
] as const

/** A limit with all its milliseconds: "3 s", "1 h 30 min". No limit is "". */
export function limitText(ms: number): string {
  let rest = ms
  const parts: string[] = []
  for (const [unit, size] of units) {
    const count = Math.floor(rest / size)
    if (count > 0) parts.push(`${count} ${unit}`)
    rest -= count * size
  }
  return parts.join(' ')
}

const sizes: Record<string, number> = { ...Object.fromEntries(units), m: 60_000, day: 86_400_000, days: 86_400_000 }

/**
 * Parses a limit: "5s", "1 h 30 min", "1.5h", and the format of files, such as "10m". An empty
 * text, and 0, is no limit: 0. A text that is not a time, or not a whole number of milliseconds, is
 * undefined.
 */
export function limitMilliseconds(text: string): number | undefined {
  const words = text.trim().toLowerCase()
  if (words === '' || words === '0') return 0
  if (!/^(\d+(\.\d+)?\s*[a-z]+\s*)+$/.test(words)) return undefined
  let ms = 0
  for (const [, count, unit] of words.matchAll(/(\d+(?:\.\d+)?)\s*([a-z]+)/g)) {
    ms += Number(count) * (sizes[unit ?? ''] ?? Number.NaN)
  }
  const whole = Math.round(ms)
  return Math.abs(whole - ms) < 1e-6 && Number.isSafeInteger(whole) ? whole : undefined
}
