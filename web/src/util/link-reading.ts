import { count } from './str'

/** The progress of reading a repository; a total of 0 means that its size is not known yet. */
type Reading = { done: number; total: number; since: string }

const clock = new Intl.DateTimeFormat('en-GB', { timeStyle: 'short' })

/**
 * The progress of a link while its repository is read: "Reading 3 of 30 files since 14:03", in the
 * reader's zone.
 */
export function readingWords(reading: Reading): string {
  const since = `since ${clock.format(new Date(reading.since))}`
  if (reading.total === 0) return `Reading the repository ${since}`
  return `Reading ${reading.done.toLocaleString('en')} of ${count(reading.total, 'file')} ${since}`
}
