import type { QueryKey } from '@tanstack/react-query'
import type { Schemas } from './client'

/** What changed, as the server's stream of events says it. Without a kind, anything may have changed. */
export type ChangeEvent = Partial<Schemas['Event']>

/** The part of a kind's name before the dot. */
type Family<Kind> = Kind extends `${infer Name}.${string}` ? Name : Kind

/** A kind of query by the first word of its key; a part narrows it to the third, and "" to keys without one. */
type Touch = readonly [room: string, part?: string]

/** What each kind of event makes out of date. After a reset, that is everything. */
const touched: Record<Exclude<Family<Schemas['Event']['kind']>, 'reset'>, readonly Touch[]> = {
  task: [['rollouts'], ['repository-links', ''], ['projects', 'repository-links']],
  rollout: [['rollouts'], ['repository-links', ''], ['projects', ''], ['projects', 'repository-links']],
  link: [['repository-links'], ['projects', 'repository-links'], ['git-providers', '']],
  delivery: [
    ['repository-links', ''],
    ['repository-links', 'deliveries'],
    ['projects', 'repository-links'],
  ],
  'hook-removal': [['projects', 'hook-removals']],
  database: [['databases'], ['repository-links', '']],
  history: [['databases']],
  instance: [['instances'], ['databases']],
  environment: [['environments'], ['projects', 'limits']],
  project: [['projects']],
  'project-member': [['projects']],
  member: [['members'], ['projects', 'members'], ['session']],
  credential: [['sessions'], ['api-tokens']],
  'git-provider': [['git-providers']],
  grant: [['git-providers', 'grants'], ['repository-links']],
  verification: [['git-provider-verifications']],
  audit: [['audit-events']],
}

/** Answers that come from far away, or do not change on their own: an event that names nothing is no reason to ask for them. */
const still = new Set(['grants', 'preview', 'git-provider-types', 'engine-types', 'session', 'setup'])

/** The field of an event that names one thing of a room. */
const names: Record<string, keyof ChangeEvent> = {
  rollouts: 'rolloutId',
  'repository-links': 'linkId',
  projects: 'projectId',
  databases: 'databaseId',
  instances: 'subjectId',
  environments: 'subjectId',
  'git-provider-verifications': 'subjectId',
}

/** Whether an event makes what a query brought out of date. */
export function touches(event: ChangeEvent, key: QueryKey): boolean {
  const room = String(key[0])
  const places = touchesOf(event)
  if (!places) return !still.has(room)
  return places.some(([where, part]) => where === room && inPart(key[2], part)) && isNamed(event, room, key[1])
}

/** Undefined when anything may have changed. */
function touchesOf({ kind = 'reset' }: ChangeEvent): readonly Touch[] | undefined {
  return (touched as Record<string, readonly Touch[]>)[kind.split('.')[0] ?? '']
}

function inPart(part: unknown, wanted: string | undefined): boolean {
  return wanted === undefined || (part ?? '') === wanted
}

/** Whether the event names the one thing that a query is about, or a list that has it. What an event leaves out may be any. */
function isNamed(event: ChangeEvent, room: string, subject: unknown): boolean {
  if (typeof subject === 'string') {
    const name = names[room]
    const id = name && event[name]
    return !id || id === subject
  }
  const project = (subject as { project?: string } | undefined)?.project
  return !project || !event.projectId || project === event.projectId
}
