import type { QueryKey } from '@tanstack/react-query'
import type { Schemas } from './client'

/**
 * A change, as the server's event stream describes it. Without a kind, anything may have changed.
 */
export type ChangeEvent = Partial<Schemas['Event']>

/** The part of a kind's name before the dot. */
type Family<Kind> = Kind extends `${infer Name}.${string}` ? Name : Kind

/** A kind of query by the first word of its key; a part narrows it to the third, and "" to keys without one. */
type Touch = readonly [room: string, part?: string]

/** The queries that each kind of event makes stale. A reset makes all of them stale. */
const touched: Record<Exclude<Family<Schemas['Event']['kind']>, 'reset'>, readonly Touch[]> = {
  task: [['rollouts'], ['inbox'], ['repository-links', ''], ['projects', 'repository-links']],
  rollout: [
    ['overview'],
    ['rollouts'],
    ['inbox'],
    ['repository-links', ''],
    ['projects', ''],
    ['projects', 'repository-links'],
  ],
  approval: [['rollouts'], ['inbox'], ['overview']],
  pause: [['pauses'], ['rollouts'], ['databases']],
  review: [['rollouts'], ['inbox'], ['repository-links', ''], ['repository-links', 'reviews']],
  link: [['repository-links'], ['projects', 'repository-links'], ['git-providers', '']],
  delivery: [
    ['repository-links', ''],
    ['repository-links', 'deliveries'],
    ['projects', 'repository-links'],
  ],
  'hook-removal': [['projects', 'hook-removals']],
  database: [['overview'], ['databases'], ['repository-links', '']],
  history: [['overview'], ['databases']],
  instance: [['instances'], ['databases']],
  environment: [['overview'], ['environments'], ['rollouts'], ['inbox'], ['projects', 'limits'], ['review-policies']],
  project: [['overview'], ['projects']],
  'project-member': [['projects']],
  member: [['members'], ['projects', 'members'], ['session']],
  credential: [['sessions'], ['api-tokens']],
  'git-provider': [['git-providers']],
  grant: [['git-providers', 'grants'], ['repository-links']],
  verification: [['git-provider-verifications']],
  receiver: [['receivers']],
  audit: [['audit-events']],
}

/**
 * Data that comes from far away, or does not change by itself: an event that names nothing does not
 * refetch it.
 */
const still = new Set([
  'grants',
  'preview',
  'git-provider-types',
  'engine-types',
  'review-rules',
  'search',
  'session',
  'setup',
  'sign-in',
])

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

/** Reports whether an event makes a query's data stale. */
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

/**
 * Reports whether the event names the subject of a query, or a list that contains it. A field that
 * an event leaves out may be anything.
 */
function isNamed(event: ChangeEvent, room: string, subject: unknown): boolean {
  if (typeof subject === 'string') {
    const name = names[room]
    const id = name && event[name]
    return !id || id === subject
  }
  const project = (subject as { project?: string } | undefined)?.project
  return !project || !event.projectId || project === event.projectId
}
