/** A reason of the API, of which only the data matters here. */
interface Reason {
  code: string
  text?: string
  params?: Record<string, string>
  causes?: Reason[]
}

/** The catalog's definition of one object before a statement, and now. */
export interface Reading {
  object: string
  before: string
  now: string
}

/** The readings among the causes of a reason, at any depth. */
export function readingsOf({ code, params, causes = [] }: Reason): Reading[] {
  if (code !== 'object') return causes.flatMap(readingsOf)
  return [{ object: params?.object ?? '', before: params?.before ?? '', now: params?.now ?? '' }]
}
