import type { Schemas } from '~/api/client'

type Reason = Schemas['Reason']

/** What the catalogue said of one object before a statement, and what it says now. */
export interface Reading {
  object: string
  before: string
  now: string
}

/** The readings that a reason comes from, however deep. */
export function readingsOf({ code, params, causes = [] }: Reason): Reading[] {
  if (code !== 'object') return causes.flatMap(readingsOf)
  return [{ object: params?.object ?? '', before: params?.before ?? '', now: params?.now ?? '' }]
}
