import type { Schemas } from '~/api/client'
import { count } from '~/util/str'
import { type Choice, type Standing, standingOf, upTo } from './baselines'

type Database = Schemas['DatabaseBaseline']
type Contradiction = Schemas['Contradiction']

/** The state of a database, in words. */
export const standingWord: Record<Standing, string> = {
  unreadable: 'Cannot be read',
  recorded: 'Has a record',
  empty: 'Has no tables',
  unrecorded: 'Has tables and no record',
}

/** The meaning of no choice for a database. */
const openWord: Record<Standing, string> = {
  unreadable: 'Decide when it can be read',
  recorded: 'What its record says: run the rest',
  empty: 'Nothing: run every file',
  unrecorded: 'Hold until somebody decides',
}

/** The value of a choice in a list; null while there is none. */
export function keyOf(choice: Choice): string | null {
  if (choice.kind === 'undecided') return null
  return choice.kind === 'upTo' ? `upTo ${choice.version}` : choice.kind
}

/** The choice for a value of the list. */
export function choiceOf(key: string): Choice {
  if (key === 'open') return { kind: 'open', version: '', despite: false }
  return upTo(key === 'none' ? '' : key.slice('upTo '.length))
}

/** The choices for a database. */
export function optionsOf(database: Database): { value: string; label: string }[] {
  const standing = standingOf(database)
  const doubtful = new Set(database.against.map(one => one.version))
  const doubtfully = (version: string) => (doubtful.has(version) ? ' (does not fit)' : '')
  const own = { value: 'open', label: openWord[standing] }
  const none = { value: 'none', label: `Nothing: run every file${doubtfully('')}` }
  const versions = database.versions
    .toReversed()
    .map(version => ({ value: `upTo ${version}`, label: `Up to ${version}${doubtfully(version)}` }))
  return standing === 'empty' || standing === 'recorded' ? [own, ...versions] : [none, ...versions, own]
}

/** What a database shows about the files, a sentence for each fact. */
export function shownWords(database: Database): string[] {
  const { fitting, against, unread, problem } = database
  if (problem) return [`${problem} Towpath cannot compare a choice with its tables.`]
  const words: string[] = []
  if (fitting.length + against.length > 0) words.push(fittingWords(fitting))
  const next = against.find(
    one => database.versions.indexOf(one.version) > database.versions.indexOf(fitting.at(-1) ?? ''),
  )
  const object = next?.objects[0]
  if (fitting.length > 0 && next?.version && object) words.push(`Not ${next.version}: ${objectWords(object)}.`)
  if (unread > 0) words.push(`${count(unread, 'older file')} ${unread === 1 ? 'was' : 'were'} not read.`)
  return words
}

function fittingWords(fitting: string[]): string {
  const named = fitting.map(version => version || 'none of the files')
  const last = named.at(-1)
  if (last === undefined) return 'Fits no version.'
  if (named.length === 1) return fitting[0] === '' ? 'Fits none of the files.' : `Fits ${last}.`
  const list = named.length > 4 ? `${named[0]} to ${last}` : `${named.slice(0, -1).join(', ')} and ${last}`
  return `Fits ${list}: its tables look the same in each.`
}

/** Describes whether an object exists. */
export function objectWords(object: Contradiction): string {
  return object.there ? `it still has ${object.object}` : `it has no ${object.object}`
}

/** Describes what a database shows against a choice, with the file that contradicts it. */
export function wordContradiction({ object, there, covered, path }: Contradiction): string {
  if (covered)
    return there ? `It still has ${object}, which ${path} removes.` : `It has no ${object}, which ${path} makes.`
  return there ? `It has ${object} already, which ${path} makes.` : `It has no ${object}, which ${path} needs.`
}

/** The consequence of a choice that the database contradicts. */
export function recordedWord(version: string, covered: Contradiction[]): string {
  const missing = covered.filter(one => !one.there).map(one => one.object)
  const despite =
    missing.length > 0 ? `, although ${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} missing` : ' anyway'
  return `Record everything up to ${version} as applied${despite}`
}
