import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { http, type Schemas, unwrap } from './client'
import { unlessRefused } from './polling'

const pageSize = 100

export const providerTypesQuery = queryOptions({
  queryKey: ['git-provider-types'],
  queryFn: ({ signal }) => unwrap(http.GET('/api/v1/git-provider-types', { signal })),
  select: list => list.items,
  staleTime: 60_000,
})

export const providersQuery = queryOptions({
  queryKey: ['git-providers'],
  queryFn: ({ signal }) => unwrap(http.GET('/api/v1/git-providers', { params: { query: { pageSize: 500 } }, signal })),
  select: list => list.items,
})

export const verificationQuery = (verification: string) =>
  queryOptions({
    queryKey: ['git-provider-verifications', verification],
    queryFn: ({ signal }) =>
      unwrap(
        http.GET('/api/v1/git-provider-verifications/{verification}', { params: { path: { verification } }, signal }),
      ),
    refetchInterval: ({ state: { data, error } }) => unlessRefused(error, data?.state === 'pending' && 1500),
    refetchIntervalInBackground: true,
  })

export const grantsQuery = (provider: string) =>
  queryOptions({
    queryKey: ['git-providers', provider, 'grants'],
    queryFn: ({ signal }) =>
      unwrap(http.GET('/api/v1/git-providers/{provider}/grants', { params: { path: { provider } }, signal })),
    select: list => list.items,
  })

export const repositoriesQuery = (grant: string) =>
  queryOptions({
    queryKey: ['grants', grant, 'repositories'],
    queryFn: ({ signal }) =>
      unwrap(http.GET('/api/v1/grants/{grant}/repositories', { params: { path: { grant } }, signal })),
    staleTime: 60_000,
    refetchOnWindowFocus: false,
  })

export const branchesQuery = (grant: string, repository: string) =>
  queryOptions({
    queryKey: ['grants', grant, 'repositories', repository, 'branches'],
    queryFn: ({ signal }) =>
      unwrap(
        http.GET('/api/v1/grants/{grant}/repositories/{repository}/branches', {
          params: { path: { grant, repository } },
          signal,
        }),
      ),
    select: list => list.items,
    staleTime: 60_000,
  })

export const linksQuery = (project: string) =>
  queryOptions({
    queryKey: ['projects', project, 'repository-links'],
    queryFn: ({ signal }) =>
      unwrap(
        http.GET('/api/v1/projects/{project}/repository-links', {
          params: { path: { project }, query: { pageSize: 500 } },
          signal,
        }),
      ),
    select: list => list.items,
  })

export const hookRemovalsQuery = (project: string) =>
  queryOptions({
    queryKey: ['projects', project, 'hook-removals'],
    queryFn: ({ signal }) =>
      unwrap(
        http.GET('/api/v1/projects/{project}/hook-removals', {
          params: { path: { project }, query: { pageSize: 100 } },
          signal,
        }),
      ),
    select: list => list.items,
    refetchInterval: ({ state: { data, error } }) =>
      unlessRefused(error, data?.items.some(removal => !removal.givenUp) ? 5000 : false),
  })

/** What a link with these settings would do now, with the real tree. */
export const previewQuery = (project: string, spec: Schemas['LinkSpec']) =>
  queryOptions({
    queryKey: ['preview', project, spec],
    queryFn: ({ signal }) =>
      unwrap(
        http.POST('/api/v1/projects/{project}/repository-links/preview', {
          params: { path: { project } },
          body: spec,
          signal,
        }),
      ),
    staleTime: 15_000,
    refetchOnWindowFocus: false,
  })

/** What a link would do with other settings. */
export const changePreviewQuery = (link: string, change: Schemas['ChangeLinkInputBody']) =>
  queryOptions({
    queryKey: ['preview', 'link', link, change],
    queryFn: ({ signal }) =>
      unwrap(
        http.POST('/api/v1/repository-links/{link}/preview', { params: { path: { link } }, body: change, signal }),
      ),
    staleTime: 15_000,
    refetchOnWindowFocus: false,
  })

export const linkQuery = (link: string) =>
  queryOptions({
    queryKey: ['repository-links', link],
    queryFn: ({ signal }) =>
      unwrap(http.GET('/api/v1/repository-links/{link}', { params: { path: { link } }, signal })),
    refetchInterval: ({ state: { data, error } }) => unlessRefused(error, isMoving(data) ? 5000 : 30_000),
  })

/** Reports whether something of a link is in progress. */
function isMoving(status: Schemas['LinkStatus'] | undefined): boolean {
  if (!status) return false
  return (
    status.headCommit !== status.syncedCommit ||
    status.rollout?.state === 'running' ||
    status.rollout?.state === 'pending'
  )
}

export const filesQuery = (link: string, filter: { state?: 'matched' | 'ignored'; path?: string }) =>
  infiniteQueryOptions({
    queryKey: ['repository-links', link, 'files', filter],
    queryFn: ({ signal, pageParam }) =>
      unwrap(
        http.GET('/api/v1/repository-links/{link}/files', {
          params: { path: { link }, query: { ...filter, pageSize, ...(pageParam ? { pageToken: pageParam } : {}) } },
          signal,
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: page => page.nextPageToken,
  })

export const deliveriesQuery = (link: string) =>
  queryOptions({
    queryKey: ['repository-links', link, 'deliveries'],
    queryFn: ({ signal }) =>
      unwrap(
        http.GET('/api/v1/repository-links/{link}/deliveries', {
          params: { path: { link }, query: { pageSize: 50 } },
          signal,
        }),
      ),
    select: list => list.items,
    refetchInterval: ({ state }) => unlessRefused(state.error, 30_000),
  })
