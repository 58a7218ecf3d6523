import type { Schemas } from './client'

/** A right, as the API names it. */
export type Right = Schemas['Permission']

/**
 * Reports whether a session, or a role in a project, has a right. The API enforces it; the console
 * only disables buttons.
 */
export function can(held: { permissions: Right[] } | undefined, right: Right): boolean {
  return held?.permissions.includes(right) ?? false
}
