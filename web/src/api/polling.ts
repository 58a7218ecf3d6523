import { ApiError } from './errors'

/** A pause in milliseconds between two looks, but none after a refusal such as 404. */
export function unlessRefused(error: unknown, pause: number | false): number | false {
  return !isRefusal(error) && pause
}

const passing = new Set([408, 429])

/** Whether the server answered and said no: asking again would bring the same answer. */
export function isRefusal(error: unknown): boolean {
  return error instanceof ApiError && error.status >= 400 && error.status < 500 && !passing.has(error.status)
}

/** Whether no server answered, or only a proxy in front of it. */
export function isAway(error: unknown): boolean {
  return error instanceof ApiError && [0, 502, 503, 504].includes(error.status)
}
