import { ApiError } from './errors'

/** The pause in milliseconds between two fetches; false after a refusal such as 404. */
export function unlessRefused(error: unknown, pause: number | false): number | false {
  return !isRefusal(error) && pause
}

const passing = new Set([408, 429])

/** Reports whether the server refused: fetching again would get the same answer. */
export function isRefusal(error: unknown): boolean {
  return error instanceof ApiError && error.status >= 400 && error.status < 500 && !passing.has(error.status)
}

/** Reports whether no server answered, or only a proxy in front of it. */
export function isAway(error: unknown): boolean {
  return error instanceof ApiError && [0, 502, 503, 504].includes(error.status)
}
