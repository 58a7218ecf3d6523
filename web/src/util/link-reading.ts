import type { Schemas } from '~/api/client'
import { count } from './str'

type Reading = NonNullable<Schemas['RepositoryLink']['reading']>

const clock = new Intl.DateTimeFormat('en-GB', { timeStyle: 'short' })

/** What a link is doing while its repository is read: "Reading 3 of 30 files since 14:03", in the reader's zone. */
export function readingWords(reading: Reading): string {
  const since = `since ${clock.format(new Date(reading.since))}`
  if (reading.total === 0) return `Reading the repository ${since}`
  return `Reading ${reading.done.toLocaleString('en')} of ${count(reading.total, 'file')} ${since}`
}
