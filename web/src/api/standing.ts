import { queryOptions } from '@tanstack/react-query'
import { http, type Schemas, unwrap } from './client'

type Standing = Schemas['Standing']

/** What shows whether the database of a task has its migration already. It is read from the database. */
export const standingQuery = (rollout: string, task: string) =>
  queryOptions({
    queryKey: ['rollouts', rollout, 'tasks', task, 'mark'],
    queryFn: ({ signal }) =>
      unwrap(http.GET('/api/v1/rollouts/{rollout}/tasks/{task}/mark', { params: { path: { rollout, task } }, signal })),
    staleTime: 0,
    gcTime: 0,
  })

/** Whether the mark needs a confirmation, because the database does not agree or cannot be read. */
export const needsDespite = ({ against, problem }: Pick<Standing, 'against' | 'problem'>) =>
  against.length > 0 || problem !== undefined

/** What the database has of the file, in words; "" when it shows nothing. */
export function shown(traces: Standing['traces']): string {
  const of = (there: boolean) =>
    traces
      .filter(one => one.wanted === there && one.there === there)
      .map(one => one.object)
      .join(', ')
  const has = of(true)
  const lacks = of(false)
  return [has && `The database has ${has}.`, lacks && `It no longer has ${lacks}.`].filter(Boolean).join(' ')
}
