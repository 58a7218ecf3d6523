const first = 1000
const longest = 60_000

/**
 * Milliseconds before the next try: doubled with each consecutive failure, up to a minute, with a
 * jitter of one half.
 */
export function backoff(failures: number, random = Math.random()): number {
  const whole = Math.min(longest, first * 2 ** Math.max(0, failures - 1))
  return Math.round(whole / 2 + (whole / 2) * random)
}
