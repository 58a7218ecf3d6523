import { queryOptions } from '@tanstack/react-query'
import { http, type Schemas, unwrap } from './client'

/** The reviews of a link's branches. */
export const branchReviewsQuery = (link: string) =>
  queryOptions({
    queryKey: ['repository-links', link, 'reviews'],
    queryFn: ({ signal }) =>
      unwrap(http.GET('/api/v1/repository-links/{link}/reviews', { params: { path: { link } }, signal })),
  })

/** The review of a branch, with what it says. */
export const branchReviewQuery = (link: string, review: string) =>
  queryOptions({
    queryKey: ['repository-links', link, 'reviews', review],
    queryFn: ({ signal }) =>
      unwrap(
        http.GET('/api/v1/repository-links/{link}/reviews/{review}', { params: { path: { link, review } }, signal }),
      ),
  })

/** What a renumbering of a branch would do now. */
export const renumberingQuery = (link: string, review: string) =>
  queryOptions({
    queryKey: ['repository-links', link, 'reviews', review, 'renumbering'],
    queryFn: ({ signal }) =>
      unwrap(
        http.GET('/api/v1/repository-links/{link}/reviews/{review}/renumbering', {
          params: { path: { link, review } },
          signal,
        }),
      ),
    staleTime: 0,
  })

/** What a branch's review amounts to, as one state. */
export type Standing = 'reviewing' | 'passed' | 'stopped' | 'incomplete' | 'ended'

/** Sums up a branch's review: what a build status says of it. */
export function standingOf(review: Schemas['BranchReview']): Standing {
  if (review.state === 'ended') return 'ended'
  if (review.state === 'pending' || review.rehearsal === 'wanted') return 'reviewing'
  if (review.state === 'failed') return 'incomplete'
  return review.passed ? 'passed' : 'stopped'
}

/** The merge order of a branch in a few words. */
export const orderWords: Record<NonNullable<Schemas['BranchReview']['verdict']>, string> = {
  'edits-applied': 'Edits an applied file',
  'removes-applied': 'Removes an applied file',
  conflict: 'Version is taken',
  'same-version': 'Same version as another branch',
  late: 'Late',
  'late-once': 'Merge before another branch',
  'same-objects': 'Same objects as another branch',
  clear: 'Clear',
}

const stopping: readonly string[] = ['edits-applied', 'removes-applied', 'conflict']

/** Reports whether a place in the merge order fails the build status. */
export function stopsMerge(verdict: Schemas['BranchReview']['verdict']): boolean {
  return verdict !== undefined && stopping.includes(verdict)
}
