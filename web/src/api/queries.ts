import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import { http, type Schemas, unwrap } from './client'

/** How many rows of a list one request fetches. */
const pageSize = 100

/** The same of lists that are long and have short rows. */
const manyRows = 500

interface Page<T> {
  items: T[]
  nextPageToken?: string
}

/** All pages of a list that is short by nature, such as the environments of a workspace. */
async function every<T>(read: (pageToken: string | undefined) => Promise<Page<T>>): Promise<T[]> {
  const items: T[] = []
  let token: string | undefined
  do {
    const page: Page<T> = await read(token)
    items.push(...page.items)
    token = page.nextPageToken
  } while (token)
  return items
}

const paging = (pageToken: string | undefined) => ({ pageSize, ...(pageToken ? { pageToken } : {}) })

export const setupQuery = queryOptions({
  queryKey: ['setup'],
  queryFn: ({ signal }) => unwrap(http.GET('/api/v1/setup', { signal })),
})

export const signInQuery = queryOptions({
  queryKey: ['sign-in'],
  queryFn: ({ signal }) => unwrap(http.GET('/api/v1/sign-in', { signal })),
})

export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: ({ signal }) => unwrap(http.GET('/api/v1/session', { signal })),
  staleTime: 60_000,
})

export const versionQuery = queryOptions({
  queryKey: ['version'],
  queryFn: ({ signal }) => unwrap(http.GET('/api/v1/version', { signal })),
  staleTime: Number.POSITIVE_INFINITY, // the stream of events begins again with another server
})

/** A few things of each kind whose names have all words of the text. */
export const searchQuery = (text: string) =>
  queryOptions({
    queryKey: ['search', text],
    queryFn: ({ signal }) => unwrap(http.GET('/api/v1/search', { params: { query: { text } }, signal })),
    select: list => list.items,
    staleTime: 10_000,
  })

export const sessionsQuery = queryOptions({
  queryKey: ['sessions'],
  queryFn: ({ signal }) =>
    every(token => unwrap(http.GET('/api/v1/sessions', { params: { query: paging(token) }, signal }))),
})

export const apiTokensQuery = queryOptions({
  queryKey: ['api-tokens'],
  queryFn: ({ signal }) =>
    every(token => unwrap(http.GET('/api/v1/api-tokens', { params: { query: paging(token) }, signal }))),
})

/** The API tokens of a service account. */
export const serviceTokensQuery = (member: string) =>
  queryOptions({
    queryKey: ['members', member, 'api-tokens'],
    queryFn: ({ signal }) =>
      every(token =>
        unwrap(
          http.GET('/api/v1/service-accounts/{member}/api-tokens', {
            params: { path: { member }, query: paging(token) },
            signal,
          }),
        ),
      ),
  })

export const membersQuery = queryOptions({
  queryKey: ['members'],
  queryFn: ({ signal }) =>
    every(token => unwrap(http.GET('/api/v1/members', { params: { query: paging(token) }, signal }))),
})

export const environmentsQuery = queryOptions({
  queryKey: ['environments'],
  queryFn: ({ signal }) => unwrap(http.GET('/api/v1/environments', { signal })),
  select: list => list.items,
})

/** Where an environment asks for approvals outside, and the newest request. */
export const approvalHookQuery = (environment: string) =>
  queryOptions({
    queryKey: ['environments', environment, 'approval-hook'],
    queryFn: ({ signal }) =>
      unwrap(
        http.GET('/api/v1/environments/{environment}/approval-hook', { params: { path: { environment } }, signal }),
      ),
  })

/** Where notifications are sent. */
export const receiversQuery = queryOptions({
  queryKey: ['receivers'],
  queryFn: ({ signal }) => unwrap(http.GET('/api/v1/receivers', { signal })),
  select: list => list.items,
})

/** The newest messages to a receiver. */
export const notificationsQuery = (receiver: string) =>
  queryOptions({
    queryKey: ['receivers', receiver, 'notifications'],
    queryFn: ({ signal }) =>
      unwrap(
        http.GET('/api/v1/receivers/{receiver}/notifications', {
          params: { path: { receiver }, query: { pageSize: 50 } },
          signal,
        }),
      ),
    select: list => list.items,
  })

export const projectsQuery = queryOptions({
  queryKey: ['projects'],
  queryFn: ({ signal }) =>
    every(token => unwrap(http.GET('/api/v1/projects', { params: { query: paging(token) }, signal }))),
})

export const projectQuery = (project: string) =>
  queryOptions({
    queryKey: ['projects', project],
    queryFn: ({ signal }) => unwrap(http.GET('/api/v1/projects/{project}', { params: { path: { project } }, signal })),
  })

export const projectMembersQuery = (project: string) =>
  queryOptions({
    queryKey: ['projects', project, 'members'],
    queryFn: ({ signal }) =>
      unwrap(http.GET('/api/v1/projects/{project}/members', { params: { path: { project } }, signal })),
    select: list => list.items,
  })

/** The limits of a project's changes in each environment, with the source of each. */
export const projectLimitsQuery = (project: string) =>
  queryOptions({
    queryKey: ['projects', project, 'limits'],
    queryFn: ({ signal }) =>
      unwrap(http.GET('/api/v1/projects/{project}/limits', { params: { path: { project } }, signal })),
    select: list => list.items,
  })

/** Where every project is, in every environment. */
export const overviewQuery = queryOptions({
  queryKey: ['overview'],
  queryFn: ({ signal }) => unwrap(http.GET('/api/v1/overview', { signal })),
})

/** What each kind of database needs for a connection, in the server's words. */
export const engineTypesQuery = queryOptions({
  queryKey: ['engine-types'],
  queryFn: ({ signal }) => unwrap(http.GET('/api/v1/engine-types', { signal })),
  select: list => list.items,
  staleTime: Number.POSITIVE_INFINITY,
})

export const instancesQuery = queryOptions({
  queryKey: ['instances'],
  queryFn: ({ signal }) =>
    every(token => unwrap(http.GET('/api/v1/instances', { params: { query: paging(token) }, signal }))),
})

export const instanceQuery = (instance: string) =>
  queryOptions({
    queryKey: ['instances', instance],
    queryFn: ({ signal }) =>
      unwrap(http.GET('/api/v1/instances/{instance}', { params: { path: { instance } }, signal })),
  })

interface DatabaseFilter {
  project?: string
  instance?: string
  unassigned?: boolean
}

export const databasesQuery = (filter: DatabaseFilter = {}) =>
  queryOptions({
    queryKey: ['databases', filter],
    queryFn: ({ signal }) =>
      every(token =>
        unwrap(
          http.GET('/api/v1/databases', {
            params: { query: { ...filter, ...paging(token), pageSize: manyRows } },
            signal,
          }),
        ),
      ),
  })

export const databaseQuery = (database: string) =>
  queryOptions({
    queryKey: ['databases', database],
    queryFn: ({ signal }) =>
      unwrap(http.GET('/api/v1/databases/{database}', { params: { path: { database } }, signal })),
  })

export const changesQuery = (database: string) =>
  infiniteQueryOptions({
    queryKey: ['databases', database, 'change-history'],
    queryFn: ({ signal, pageParam }) =>
      unwrap(
        http.GET('/api/v1/databases/{database}/change-history', {
          params: { path: { database }, query: paging(pageParam) },
          signal,
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: page => page.nextPageToken,
  })

/** What would be undone in a database, as of now; `corrected` by the file that the branch has now. */
export const undoQuery = (database: string, corrected: boolean) =>
  queryOptions({
    queryKey: ['databases', database, 'undo', corrected],
    queryFn: ({ signal }) =>
      unwrap(
        http.GET('/api/v1/databases/{database}/undo', {
          params: { path: { database }, query: { corrected } },
          signal,
        }),
      ),
    staleTime: 0,
    gcTime: 0,
  })

/** How the schema of a database compares with what its changes left. */
export const schemaCheckQuery = (database: string) =>
  queryOptions({
    queryKey: ['databases', database, 'schema-check'],
    queryFn: ({ signal }) =>
      unwrap(http.GET('/api/v1/databases/{database}/schema-check', { params: { path: { database } }, signal })),
  })

export const driftQuery = (database: string, drift: string) =>
  queryOptions({
    queryKey: ['databases', database, 'drifts', drift],
    queryFn: ({ signal }) =>
      unwrap(
        http.GET('/api/v1/databases/{database}/drifts/{drift}', { params: { path: { database, drift } }, signal }),
      ),
  })

/** The SQL that takes a drift back. */
export const repairQuery = (database: string, drift: string) =>
  queryOptions({
    queryKey: ['databases', database, 'drifts', drift, 'repair'],
    queryFn: ({ signal }) =>
      unwrap(
        http.GET('/api/v1/databases/{database}/drifts/{drift}/repair', {
          params: { path: { database, drift } },
          signal,
        }),
      ),
  })

export const changeQuery = (database: string, change: string) =>
  queryOptions({
    queryKey: ['databases', database, 'change-history', change],
    queryFn: ({ signal }) =>
      unwrap(
        http.GET('/api/v1/databases/{database}/change-history/{change}', {
          params: { path: { database, change } },
          signal,
        }),
      ),
  })

/** What the audit log can be narrowed to; times are in ISO 8601. */
export interface AuditFilter {
  member?: string
  act?: Schemas['AuditEvent']['act']
  project?: string
  subject?: string
  from?: string
  to?: string
}

/** Who did what in the workspace, the newest first. */
export const auditQuery = (filter: AuditFilter) =>
  infiniteQueryOptions({
    queryKey: ['audit-events', filter],
    queryFn: ({ signal, pageParam }) =>
      unwrap(http.GET('/api/v1/audit-events', { params: { query: { ...filter, ...paging(pageParam) } }, signal })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: page => page.nextPageToken,
  })

/** The newest event of the audit log, whose hash stands for all. */
export const auditHeadQuery = queryOptions({
  queryKey: ['audit-events', 'head'],
  queryFn: ({ signal }) => unwrap(http.GET('/api/v1/audit-events/head', { signal })),
})

/** The public keys by which receipts are signed, oldest first. */
export const receiptKeysQuery = queryOptions({
  queryKey: ['receipt-keys'],
  queryFn: ({ signal }) => unwrap(http.GET('/api/v1/receipt-keys', { signal })),
  select: list => list.items,
})

/** Where the browser downloads the receipt of a rollout that has ended. */
export const receiptFile = (rollout: string) => `/api/v1/rollouts/${encodeURIComponent(rollout)}/receipt`

/** Where the browser downloads the audit log. */
export const auditExport = '/api/v1/audit-events/export'

/** Every state of a rollout, as the API's filter takes it. */
export type RolloutState = Schemas['Rollout']['state']

export const rolloutsQuery = (filter: {
  project?: string
  state?: RolloutState
  superseded?: boolean
  link?: string
}) =>
  infiniteQueryOptions({
    queryKey: ['rollouts', filter],
    queryFn: ({ signal, pageParam }) => {
      const { project, ...rest } = filter
      const query = { ...rest, ...paging(pageParam) }
      if (project === undefined) return unwrap(http.GET('/api/v1/rollouts', { params: { query }, signal }))
      return unwrap(http.GET('/api/v1/projects/{project}/rollouts', { params: { path: { project }, query }, signal }))
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: page => page.nextPageToken,
  })

/** So many items of the inbox are shown at once. */
export const inboxStep = 10

/** What waits for the member in all projects, with so many items at most; the numbers are of all. */
export const inboxQuery = (limit: number) =>
  queryOptions({
    queryKey: ['inbox', limit],
    queryFn: ({ signal }) => unwrap(http.GET('/api/v1/inbox', { params: { query: { limit } }, signal })),
    refetchInterval: 60_000,
    placeholderData: keepPreviousData,
  })

/** How much waits for the member. */
export const inboxCountQuery = {
  ...inboxQuery(0),
  select: (inbox: Schemas['Inbox']) => inbox.starts + inbox.approvals + inbox.looks.length,
}

/** What people have paused. */
export const pausesQuery = queryOptions({
  queryKey: ['pauses'],
  queryFn: ({ signal }) => unwrap(http.GET('/api/v1/pauses', { signal })),
  refetchInterval: 60_000,
})

export const rolloutQuery = (rollout: string) =>
  queryOptions({
    queryKey: ['rollouts', rollout],
    queryFn: ({ signal }) => unwrap(http.GET('/api/v1/rollouts/{rollout}', { params: { path: { rollout } }, signal })),
  })

export const taskQuery = (rollout: string, task: string) =>
  queryOptions({
    queryKey: ['rollouts', rollout, 'tasks', task],
    queryFn: ({ signal }) =>
      unwrap(http.GET('/api/v1/rollouts/{rollout}/tasks/{task}', { params: { path: { rollout, task } }, signal })),
  })

export const statementsQuery = (rollout: string, task: string, attempt: string) =>
  infiniteQueryOptions({
    queryKey: ['rollouts', rollout, 'tasks', task, 'attempts', attempt],
    queryFn: ({ signal, pageParam }) =>
      unwrap(
        http.GET('/api/v1/rollouts/{rollout}/tasks/{task}/attempts/{attempt}/statements', {
          params: { path: { rollout, task, attempt }, query: paging(pageParam) },
          signal,
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: page => page.nextPageToken,
  })
