import type { Schemas } from './client'

/** A right, as the API names it. */
export type Right =
  | 'git-providers.manage'
  | 'members.manage'
  | 'environments.manage'
  | 'instances.manage'
  | 'projects.create'
  | 'git-providers.use'
  | 'project.manage'
  | 'project.links'
  | 'project.sync'
  | 'project.run'
  | 'project.resolve'

/** Whether a session, or what somebody may do in a project, holds a right. The API decides; this only keeps buttons honest. */
export function can(held: { permissions: Schemas['Session']['permissions'] } | undefined, right: Right): boolean {
  return held?.permissions.includes(right) ?? false
}
