import { queryOptions } from '@tanstack/react-query'
import { http, type Schemas, unwrap } from './client'

/** The level of a finding. */
export type Level = Schemas['ReviewFinding']['level']

type Reviewed = Schemas['ReviewedFile']

/** What the SQL review says of the files of a rollout. */
export const rolloutReviewQuery = (rollout: string) =>
  queryOptions({
    queryKey: ['rollouts', rollout, 'review'],
    queryFn: ({ signal }) =>
      unwrap(http.GET('/api/v1/rollouts/{rollout}/review', { params: { path: { rollout } }, signal })),
  })

/** Something that is so in some places; no places stand for all where the file is. */
export interface Somewhere {
  where: string[]
}

/** A finding, with its level in each environment. */
export interface Finding extends Omit<Schemas['ReviewFinding'], 'level'> {
  /** The gravest first. One without places is the level everywhere. */
  levels: (Somewhere & { level: Level })[]
}

/** A text with what was found in it, in all environments together. */
export interface FileFindings {
  path: string
  checksum: string
  version: string
  statements: number
  /** The kinds of servers that it was reviewed against. */
  against: string[]
  findings: Finding[]
  more: number
  notAnalysed: (Somewhere & Schemas['ReviewGap'])[]
  allowed: (Somewhere & Schemas['ReviewedAllow'])[]
  /** Why it was not reviewed, or only in part. */
  reasons: (Somewhere & { text: string; reviewed: boolean })[]
}

const gravity: Record<Level, number> = { error: 0, warning: 1, info: 2 }

/** Puts the results of environments together, so that what is the same everywhere is said once. */
export function byFile(files: readonly Reviewed[]): FileFindings[] {
  const groups = new Map<string, Reviewed[]>()
  for (const file of files) {
    const key = `${file.path}\0${file.checksum}`
    groups.set(key, [...(groups.get(key) ?? []), file])
  }
  return [...groups.values()].map(together)
}

function together(files: Reviewed[]): FileFindings {
  const [first] = files as [Reviewed]
  const places = placesOf(files)
  const findings = gather(
    files,
    places,
    file => file.findings,
    one => [one.rule, one.line, one.column, one.message],
  )
  return {
    path: first.path,
    checksum: first.checksum,
    version: first.version,
    statements: Math.max(...files.map(file => file.statements)),
    against: [...new Set(files.map(file => file.against).filter(Boolean))],
    findings: findings
      .map(({ items }) => findingOf(items, places.size))
      .sort((a, b) => a.line - b.line || a.column - b.column),
    more: Math.max(...files.map(file => file.moreFindings)),
    notAnalysed: gather(
      files,
      places,
      file => file.notAnalysed,
      one => [one.line, one.why],
    ).map(plain(places.size)),
    allowed: gather(
      files,
      places,
      file => file.allowed,
      one => [one.rule, one.line, one.because],
    ).map(plain(places.size)),
    reasons: gather(
      files,
      places,
      file => (file.reason ? [{ text: file.reason.text, reviewed: file.against !== '' }] : []),
      one => [one.text, one.reviewed],
    ).map(plain(places.size)),
  }
}

/** The name of each place: its environment, with the databases where one environment has several. */
function placesOf(files: Reviewed[]): Map<Reviewed, string> {
  const names = files.map(file => file.environment)
  return new Map(
    files.map(file => {
      const alone = names.filter(name => name === file.environment).length === 1
      const databases = file.databases === 1 ? '1 database' : `${file.databases} databases`
      return [file, alone ? file.environment : `${file.environment} (${databases}, ${file.against})`]
    }),
  )
}

interface Group<T> {
  items: [place: string, item: T][]
}

function gather<T>(
  files: Reviewed[],
  places: Map<Reviewed, string>,
  list: (file: Reviewed) => T[],
  key: (item: T) => unknown[],
): Group<T>[] {
  const groups = new Map<string, Group<T>>()
  for (const file of files) {
    for (const item of list(file)) {
      const id = JSON.stringify(key(item))
      const group = groups.get(id) ?? { items: [] }
      group.items.push([places.get(file) ?? '', item])
      groups.set(id, group)
    }
  }
  return [...groups.values()]
}

/** The places of a group, or none when it is everywhere. */
function placesIn(items: [string, unknown][], all: number): string[] {
  const where = [...new Set(items.map(([place]) => place))]
  return where.length === all ? [] : where
}

const plain =
  <T extends object>(all: number) =>
  ({ items }: Group<T>): T & Somewhere => ({ ...(items[0] as [string, T])[1], where: placesIn(items, all) })

function findingOf(items: [string, Schemas['ReviewFinding']][], all: number): Finding {
  const { level: _, ...rest } = (items[0] as [string, Schemas['ReviewFinding']])[1]
  const levels = new Map<Level, string[]>()
  for (const [place, item] of items) levels.set(item.level, [...(levels.get(item.level) ?? []), place])
  return {
    ...rest,
    levels: [...levels]
      .map(([level, where]) => ({ level, where: new Set(where).size === all ? [] : [...new Set(where)] }))
      .sort((a, b) => gravity[a.level] - gravity[b.level]),
  }
}

/** The gravest level of a finding. */
export function worst(finding: Finding): Level {
  return finding.levels[0]?.level ?? 'info'
}

/** A text of which no review says anything. */
export function unreviewed({ path, checksum, label }: { path: string; checksum: string; label: string }): FileFindings {
  const nothing = { findings: [], notAnalysed: [], allowed: [], reasons: [] }
  return { path, checksum, version: label, statements: 0, against: [], more: 0, ...nothing }
}

/** Reports whether there is anything to show of a file. */
export function saysSomething(file: FileFindings): boolean {
  return [file.findings, file.notAnalysed, file.allowed, file.reasons].some(list => list.length > 0)
}

/** What to mark at the lines of a file's text. */
export function marksOf(file: FileFindings): { line: number; level: 'error' | 'warning' | 'info'; words: string }[] {
  return file.findings.map(finding => ({
    line: finding.line,
    level: worst(finding),
    words: `${finding.rule}: ${finding.message}`,
  }))
}
