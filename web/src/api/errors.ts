/** An error body of the API, https://www.rfc-editor.org/rfc/rfc9457. */
export interface Problem {
  title?: string
  code?: string
  detail?: string
  requestId?: string
  errors?: { location?: string; message?: string }[]
}

/** An error of the API; status 0 means that there was no answer. */
export class ApiError extends Error {
  readonly status: number
  readonly code: string
  readonly requestId: string | undefined
  /** Messages by the name of their input. */
  readonly fields: Record<string, string> = {}

  constructor(status: number, problem: Problem) {
    super(problem.detail || problem.title || `The server answered with the status ${status}.`)
    this.name = 'ApiError'
    this.status = status
    this.code = problem.code ?? ''
    this.requestId = problem.requestId
    for (const { location, message } of problem.errors ?? []) {
      if (location && message) this.fields[location.replace(/^(body|query|path)\./, '')] ??= message
    }
  }
}

/** Reports whether the error means that nobody is signed in. */
export function isSignedOut(error: unknown): boolean {
  return error instanceof ApiError && error.status === 401
}

/** Returns the message of any error, for people. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** Splits an error into the messages under the form's fields and the message above its button. */
export function formErrors(error: unknown, known: readonly string[]): { fields: Record<string, string>; rest: string } {
  if (error === null || error === undefined) return { fields: {}, rest: '' }
  if (!(error instanceof ApiError)) return { fields: {}, rest: messageOf(error) }
  const fields = Object.fromEntries(Object.entries(error.fields).filter(([name]) => known.includes(name)))
  const rest = Object.keys(fields).length > 0 ? '' : error.message
  return { fields, rest }
}
