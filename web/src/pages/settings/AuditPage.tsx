import { Button } from '@mantine/core'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import type { Schemas } from '~/api/client'
import { auditExport, auditHeadQuery, auditQuery, membersQuery, projectsQuery } from '~/api/queries'
import { AuditFilters, useAuditFilter } from '~/components/AuditFilters'
import { Link } from '~/components/Link'
import { Failure } from '~/components/Loaded'
import { Page } from '~/components/Page'
import { ExactTime } from '~/components/TimeAgo'
import { type Column, QueryTable } from '~/table/QueryTable'
import { CopyButton } from '~/ui/CopyButton'
import { EmptyState } from '~/ui/EmptyState'
import { SkeletonRows } from '~/ui/Skeleton'
import { pb } from '~/util/path-builder'
import { shortHash } from '~/util/str'

type AuditEvent = Schemas['AuditEvent']

/** Who did what in the workspace. */
export default function AuditPage() {
  const { fields, filter, any } = useAuditFilter()
  const query = useInfiniteQuery(auditQuery(filter))
  const head = useQuery(auditHeadQuery)
  const members = useQuery(membersQuery)
  const projects = useQuery(projectsQuery)
  const rows = query.data?.pages.flatMap(page => page.items) ?? []
  const actor = (id: string | undefined) => {
    if (!id) return <span className="muted">The server’s shell</span>
    const member = members.data?.find(one => one.id === id)
    return member?.name || member?.email || <span className="muted">Unknown member</span>
  }
  const columns: Column<AuditEvent>[] = [
    { title: 'No.', fit: true, wide: true, number: true, cell: row => row.number },
    { title: 'Time', fit: true, bare: true, cell: row => <ExactTime at={row.at} /> },
    {
      title: 'Who',
      bare: true,
      keep: 24,
      cell: row => (
        <>
          {actor(row.memberId)}
          <div className="muted small">{originOf(row)}</div>
        </>
      ),
    },
    { title: 'Details', main: true, cell: row => <Details row={row} /> },
    {
      title: 'Project',
      wide: true,
      keep: 20,
      cell: ({ projectId }) => {
        const project = projects.data?.find(one => one.id === projectId)
        return project && <Link to={pb.project(project.id)}>{project.name}</Link>
      },
    },
    {
      title: 'Object',
      wide: true,
      fit: true,
      cell: row =>
        row.subject &&
        row.subject !== filter.subject && (
          <Link to={pb.audit()} search={{ object: row.subject }} aria-label="All events of this object">
            Same object
          </Link>
        ),
    },
  ]
  return (
    <Page
      title="Audit log"
      lead="Who did what in this workspace, newest first. Only owners see it."
      action={
        <Button component="a" href={auditExport} download variant="default">
          Export all
        </Button>
      }
    >
      {head.data?.hash && <Head number={head.data.number} hash={head.data.hash} />}
      <AuditFilters fields={fields} acts={head.data?.acts ?? []} />
      {query.isPending ? (
        <SkeletonRows />
      ) : query.error && rows.length === 0 ? (
        <Failure error={query.error} retry={() => void query.refetch()} />
      ) : (
        <QueryTable
          label="Audit log"
          columns={columns}
          rows={rows}
          id={row => row.id}
          empty={
            <EmptyState icon="book">
              {any ? 'No events match. Choose fewer filters.' : 'Nothing has been recorded yet.'}
            </EmptyState>
          }
        />
      )}
      {query.hasNextPage && (
        <div>
          <Button variant="default" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            Show older entries
          </Button>
        </div>
      )}
    </Page>
  )
}

/** What proves later that nothing is missing. */
function Head({ number, hash }: { number: number; hash: string }): ReactNode {
  return (
    <p className="muted small reading">
      Each event holds the hash of the one before. Keep the newest hash elsewhere:{' '}
      <span className="mono" title={hash}>
        {shortHash(hash)}…
      </span>{' '}
      <CopyButton value={hash} label="Copy the hash" /> of event {number.toLocaleString('en')}. Check an export with{' '}
      <code className="mono">towpath audit verify</code>.
    </p>
  )
}

function Details({ row }: { row: AuditEvent }) {
  return (
    <>
      {row.text}
      {row.changes?.map(change => (
        <div key={change.setting} className="muted small wrap-any">
          {change.setting}
          {change.from || change.to ? `: ${change.from || 'none'} → ${change.to || 'none'}` : ' changed'}
        </div>
      ))}
    </>
  )
}

const ways: Record<NonNullable<AuditEvent['origin']['via']>, string> = {
  session: 'Console',
  'api-token': 'API token',
  'sign-in': 'Sign-in',
  shell: 'Shell',
  system: 'Server',
}

/** From where something was done, as far as it was recorded. */
function originOf({ origin }: AuditEvent): string {
  return [origin.via && ways[origin.via], origin.address].filter(Boolean).join(' · ')
}
