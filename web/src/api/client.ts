import createClient from 'openapi-fetch'
import { ApiError, type Problem } from './errors'
import type { components, paths } from './schema.gen'

/** The types of the API's inputs and outputs, by their names in its description. */
export type Schemas = components['schemas']

/** Calls the API of the server that served the console; the session is in a cookie. */
export const http = createClient<paths>({ baseUrl: '/', credentials: 'same-origin' })

interface Answer<T> {
  data?: T
  error?: unknown
  response: Response
}

/** Returns a call's answer, or throws an ApiError. */
export async function unwrap<T>(call: Promise<Answer<T>>): Promise<T> {
  let answer: Answer<T>
  try {
    answer = await call
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'AbortError') throw cause
    throw new ApiError(0, {
      detail: 'Can’t reach the server. Check your connection and try again.',
    })
  }
  if (!answer.response.ok) throw new ApiError(answer.response.status, (answer.error ?? {}) as Problem)
  return answer.data as T
}
