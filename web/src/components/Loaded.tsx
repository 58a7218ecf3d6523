import { Button } from '@mantine/core'
import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { ApiError, messageOf } from '~/api/errors'
import { Notice } from '~/ui/Notice'
import { SkeletonRows } from '~/ui/Skeleton'

interface LoadedProps<T> {
  query: UseQueryResult<T>
  rows?: number
  children: (data: T) => ReactNode
}

/**
 * Shows a query's data, skeleton rows while it loads, or why it failed. Old data stays when a
 * refetch fails.
 */
export function Loaded<T>({ query, rows, children }: LoadedProps<T>) {
  if (query.data !== undefined) return children(query.data)
  if (query.error) return <Failure error={query.error} retry={() => void query.refetch()} />
  return <SkeletonRows {...(rows === undefined ? {} : { rows })} />
}

/** An error: what happened, what to do, and the request's id for the server's log. */
export function Failure({ error, retry }: { error: unknown; retry?: () => void }) {
  const api = error instanceof ApiError ? error : null
  return (
    <Notice
      kind="error"
      title={api?.status === 404 ? 'Not found' : api?.status === 403 ? 'Not allowed' : 'Something went wrong'}
      action={
        retry && api?.status !== 404 && api?.status !== 403 ? (
          <Button variant="default" size="xs" onClick={retry}>
            Try again
          </Button>
        ) : undefined
      }
    >
      {messageOf(error)}
      {api?.requestId && <div className="small muted mono">Request {api.requestId}</div>}
    </Notice>
  )
}
