import type { Schemas } from './client'

/** A right, as the API names it. */
export type Right = Schemas['Permission']

/** Whether a session, or what somebody may do in a project, holds a right. The API decides; this only keeps buttons honest. */
export function can(held: { permissions: Right[] } | undefined, right: Right): boolean {
  return held?.permissions.includes(right) ?? false
}
