import type { Schemas } from '~/api/client'
import { count } from '~/util/str'

export type Histories = Schemas['HistoriesView']
type Database = Histories['databases'][number]
type Verdict = Schemas['FileEvidence']['verdict']

/** How many of a database's files have one of the verdicts. */
function sum(counts: Database['counts'], ...verdicts: Verdict[]): number {
  return verdicts.reduce((n, verdict) => n + (counts[verdict] ?? 0), 0)
}

/** The databases whose history can be recorded. */
export function usableOf(histories: Histories | undefined): Database[] {
  return (histories?.databases ?? []).filter(
    database =>
      database.adoptable && sum(database.counts, 'proved', 'claimed', 'edited', 'halfway', 'contradicted') > 0,
  )
}

/** The databases in which the catalog contradicts the history. */
export function contradictedOf(databases: Database[]): Database[] {
  return databases.filter(database => sum(database.counts, 'contradicted') > 0)
}

/** The files that no history names, although the database has what they make. */
export type Standing = NonNullable<NonNullable<Schemas['LinkSpec']['history']>['record']>[number]

/** How many files of a kind the databases have. */
export function standingOf(databases: Database[], kind: Standing): number {
  return databases.reduce((n, database) => n + sum(database.counts, kind), 0)
}

/** The tools, such as "Flyway", or "dbmate or Rails". */
export function toolsOf(databases: Database[]): string {
  return [...new Set(databases.map(database => database.tools.join(' or ')))].join(', ')
}

/** What a history says of the files in its database. */
export function wordsOf(database: Database): string[] {
  const { counts } = database
  const proved = sum(counts, 'proved')
  const claimed = sum(counts, 'claimed')
  const words = [`${count(proved + claimed, 'file')} applied`]
  if (proved > 0)
    words[0] += claimed > 0 ? ` (${proved} proved by checksum, ${claimed} claimed)` : ', proved by checksum'
  else if (claimed > 0) words[0] += ', without a checksum'
  for (const [verdict, says] of others) {
    if (sum(counts, verdict) > 0) words.push(`${sum(counts, verdict)} ${says}`)
  }
  const gone = database.gone.length + database.moreGone
  if (gone > 0) words.push(`${gone} applied and not in the repository`)
  return words
}

const others: [Verdict, string][] = [
  ['edited', 'edited since: accept the new text later'],
  ['halfway', 'not finished: decide later'],
  ['contradicted', 'named, but their objects are missing or differ'],
  ['stands', 'not named, but all that they make is there'],
  ['partly', 'not named, but their tables are there'],
  ['missing', 'missing'],
]

/** The verdict as a word in a table. */
export const verdictWord: Record<Verdict, string> = {
  proved: 'Proved',
  claimed: 'Claimed',
  edited: 'Edited since',
  halfway: 'Not finished',
  contradicted: 'Contradicted',
  stands: 'All there',
  partly: 'Tables there',
  missing: 'Missing',
}

/** The settings that record the histories, and the chosen kinds of files that none names. */
export function withHistories(
  spec: Schemas['LinkSpec'],
  histories: Histories,
  despite: string[],
  record: Standing[],
): Schemas['LinkSpec'] {
  return {
    ...spec,
    existingFiles: 'history',
    history: {
      fingerprint: histories.fingerprint,
      ...(despite.length > 0 ? { despite } : {}),
      ...(record.length > 0 ? { record } : {}),
    },
  }
}

/** Whether a preview of the settings differs from one without the choices for existing files. */
export function previewsChoice(spec: Schemas['LinkSpec']): boolean {
  return spec.existingFiles === 'history' || (spec.baselines ?? []).length > 0
}
