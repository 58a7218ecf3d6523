import type { Schemas } from '~/api/client'
import { ApiError } from '~/api/errors'

type Database = Schemas['DatabaseBaseline']
type Contradiction = Schemas['Contradiction']

/** A person's choice for the files that a database has no record of. */
export interface Choice {
  /** open makes no choice: the record decides, and a database with tables and no record holds. */
  kind: 'undecided' | 'open' | 'none' | 'upTo'
  /** As in the files' names; only for upTo. */
  version: string
  /** Whether the choice is kept although the database contradicts it. */
  despite: boolean
}

/** The state of a database before its repository is linked. */
export type Standing = 'unreadable' | 'recorded' | 'empty' | 'unrecorded'

const open: Choice = { kind: 'open', version: '', despite: false }

/** Returns the state of a database. */
export function standingOf(database: Database): Standing {
  if (database.problem) return 'unreadable'
  if (database.hasLedger) return 'recorded'
  return database.populated ? 'unrecorded' : 'empty'
}

/** A choice of the files up to a version; the empty version is none of them. */
export function upTo(version: string): Choice {
  return { kind: version === '' ? 'none' : 'upTo', version, despite: false }
}

/**
 * The proposal for a database. A version is proposed when exactly one fits; where several fit, a
 * person decides. A database that fits none holds.
 */
export function proposalOf(database: Database): Choice {
  const standing = standingOf(database)
  const { fitting, against } = database
  if (standing === 'unreadable' || standing === 'empty' || fitting.length + against.length === 0) return open
  if (standing === 'recorded' && fitting.includes('')) return open
  if (fitting.length === 1) return upTo(fitting[0] ?? '')
  return fitting.length === 0 && standing === 'unrecorded' ? open : { ...open, kind: 'undecided' }
}

/**
 * The choice for each database: a person's own while its version exists, otherwise the proposal.
 */
export function choicesOf(databases: Database[], own: Record<string, Choice>): Map<string, Choice> {
  return new Map(
    databases.map(database => {
      const choice = own[database.databaseId]
      const kept = choice && (choice.kind !== 'upTo' || database.versions.includes(choice.version))
      return [database.databaseId, kept ? choice : proposalOf(database)]
    }),
  )
}

/** What a database shows against a choice, and how many findings are not listed. */
export interface Doubt {
  /** Files that would be recorded although their result is missing: refused without despite. */
  covered: Contradiction[]
  /** Files that would run although something that they need is missing, or their result exists. */
  left: Contradiction[]
  more: number
}

/** What speaks against a choice; undefined for nothing. */
export function doubtOf(database: Database, choice: Choice): Doubt | undefined {
  if (choice.kind === 'undecided') return undefined
  if (choice.kind === 'open' && standingOf(database) === 'unrecorded') return undefined // it holds
  const version = choice.kind === 'upTo' ? choice.version : ''
  const found = database.against.find(one => one.version === version)
  if (!found) return undefined
  return {
    covered: found.objects.filter(one => one.covered),
    left: found.objects.filter(one => !one.covered),
    more: found.more,
  }
}

/** Reports whether a person must decide: about the choice itself, or about keeping it anyway. */
export function waits(database: Database, choice: Choice | undefined): boolean {
  if (!choice || choice.kind === 'undecided') return true
  return !choice.despite && (doubtOf(database, choice)?.covered.length ?? 0) > 0
}

/** The choices in the API's format, without the open ones. */
export function baselinesOf(choices: Map<string, Choice>): Schemas['BaselineChoice'][] {
  return [...choices].flatMap(([databaseId, { kind, version, despite }]) =>
    kind === 'none' || kind === 'upTo'
      ? [{ databaseId, version: kind === 'upTo' ? version : '', ...(despite ? { despite } : {}) }]
      : [],
  )
}

/** The server's refusals by database, for choices that have not changed since. */
export function refusalsOf(
  error: unknown,
  sent: Schemas['BaselineChoice'][],
  now: Schemas['BaselineChoice'][],
): Map<string, string> {
  const found = new Map<string, string>()
  if (!(error instanceof ApiError)) return found
  for (const [index, choice] of sent.entries()) {
    const message = error.fields[`baselines[${index}].version`]
    const same = now.some(
      one => one.databaseId === choice.databaseId && one.version === choice.version && one.despite === choice.despite,
    )
    if (message && same) found.set(choice.databaseId, message)
  }
  return found
}

/** Databases by environment, in their order. */
export function byEnvironment(databases: Database[]): Map<string, Database[]> {
  const groups = new Map<string, Database[]>()
  for (const database of databases) {
    const group = groups.get(database.environment)
    if (group) group.push(database)
    else groups.set(database.environment, [database])
  }
  return groups
}
