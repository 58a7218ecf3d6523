const units: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 365 * 24 * 3600],
  ['month', 30 * 24 * 3600],
  ['week', 7 * 24 * 3600],
  ['day', 24 * 3600],
  ['hour', 3600],
  ['minute', 60],
]

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto', style: 'long' })
const exact = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'long' })

const log = new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeStyle: 'medium' })

/**
 * A time relative to now in words: "3 minutes ago". Seconds are counted by tens, so that a list does
 * not change all the time; the next minute is "in a moment".
 */
export function relativeTime(iso: string, now: Date): string {
  const seconds = (new Date(iso).getTime() - now.getTime()) / 1000
  for (const [unit, size] of units) {
    if (Math.abs(seconds) >= size) return relative.format(Math.trunc(seconds / size), unit)
  }
  if (seconds <= -10) return relative.format(Math.trunc(seconds / 10) * 10, 'second')
  return seconds > 5 ? 'in a moment' : 'just now'
}

/** The time; nothing for none, which Go may write as its zero time. */
export function realTime(iso: string | undefined): string | undefined {
  return iso?.startsWith('0001-') ? undefined : iso
}

/** The exact time in the reader's zone. */
export function exactTime(iso: string): string {
  return exact.format(new Date(iso))
}

/** The time in the reader's zone in the format of logs, which sorts: "2026-11-22 12:00:30". */
export function logTime(iso: string): string {
  return log.format(new Date(iso))
}

/** A duration in milliseconds in words: "240 ms", "3.2 s", "4 min 5 s", "15 min", "2 h 10 min". */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.max(0, Math.round(ms))} ms`
  if (ms < 60_000) return `${(ms / 1000).toFixed(1).replace(/\.0$/, '')} s`
  const minutes = Math.floor(ms / 60_000)
  const and = (n: number, unit: string) => (n > 0 ? ` ${n} ${unit}` : '')
  if (minutes < 60) return `${minutes} min${and(Math.floor((ms % 60_000) / 1000), 's')}`
  return `${Math.floor(minutes / 60)} h${and(minutes % 60, 'min')}`
}

/** Milliseconds between two times; until now when the second is missing. */
export function between(from: string, to: string | undefined, now: Date): number {
  return (to ? new Date(to) : now).getTime() - new Date(from).getTime()
}

/** The value of a field for a date and a time, in the reader's zone: "2026-11-22T12:00". */
export function toLocal(at: Date): string {
  return logTime(at.toISOString()).replace(' ', 'T').slice(0, 16)
}

/** The time of such a field; nothing while it is incomplete. */
export function ofLocal(value: string): Date | undefined {
  const at = new Date(value)
  return value && !Number.isNaN(at.getTime()) ? at : undefined
}

/** The start of the hour after this one. */
export function nextHour(now: Date): Date {
  const at = new Date(now)
  at.setMinutes(60, 0, 0)
  return at
}
