import { count } from './str'

/** How far the reading of a repository is; a total of 0 says that its size is not known yet. */
type Reading = { done: number; total: number; since: string }

const clock = new Intl.DateTimeFormat('en-GB', { timeStyle: 'short' })

/** What a link is doing while its repository is read: "Reading 3 of 30 files since 14:03", in the reader's zone. */
export function readingWords(reading: Reading): string {
  const since = `since ${clock.format(new Date(reading.since))}`
  if (reading.total === 0) return `Reading the repository ${since}`
  return `Reading ${reading.done.toLocaleString('en')} of ${count(reading.total, 'file')} ${since}`
}
