import { Button } from '@mantine/core'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { can } from '~/api/can'
import { http, type Schemas, unwrap } from '~/api/client'
import {
  changesQuery,
  databaseQuery,
  environmentsQuery,
  instanceQuery,
  pausesQuery,
  projectQuery,
  sessionQuery,
} from '~/api/queries'
import { BaselineFile } from '~/components/BaselineFile'
import { Commit } from '~/components/Commit'
import { ConfirmButton } from '~/components/ConfirmButton'
import { databaseState } from '~/components/DatabaseTable'
import { Link } from '~/components/Link'
import { Loaded } from '~/components/Loaded'
import { Page } from '~/components/Page'
import { PauseButton, PauseNotice } from '~/components/Pauses'
import { SchemaSection } from '~/components/SchemaSection'
import { StateBadge } from '~/components/StateBadge'
import { ExactTime, TimeAgo } from '~/components/TimeAgo'
import { UndoButton } from '~/components/UndoButton'
import { useParam } from '~/hooks/use-params'
import { useWrite } from '~/hooks/use-write'
import { type Column, QueryTable } from '~/table/QueryTable'
import { EmptyState } from '~/ui/EmptyState'
import { Notice } from '~/ui/Notice'
import { between, duration } from '~/util/date'
import { pb } from '~/util/path-builder'

/** One database and its changes. */
export default function DatabasePage() {
  const database = useQuery(databaseQuery(useParam('database')))
  return <Loaded query={database}>{row => <Details row={row} />}</Loaded>
}

function Details({ row }: { row: Schemas['Database'] }) {
  const instance = useQuery(instanceQuery(row.instanceId))
  const environments = useQuery(environmentsQuery)
  const project = useQuery({ ...projectQuery(row.projectId ?? ''), enabled: Boolean(row.projectId) })
  const manages = can(useQuery(sessionQuery).data, 'instances.manage')
  const runs = can(project.data, 'project.run')
  const pauses = useQuery(pausesQuery)
  const pause = pauses.data?.items.find(one => one.scope === 'database' && one.subjectId === row.id)
  const changes = { kind: 'database.changed', databaseId: row.id } as const
  const adopt = useWrite({
    changes,
    run: () =>
      unwrap(http.POST('/api/v1/databases/{database}/adopt-ledger', { params: { path: { database: row.id } } })),
    done: () => `The ledger in ${row.name} was taken over.`,
  })
  const accept = useWrite({
    changes,
    run: () =>
      unwrap(http.POST('/api/v1/databases/{database}/accept-ledger', { params: { path: { database: row.id } } })),
    done: () => `The ledger in ${row.name} was accepted.`,
  })
  return (
    <Page
      title={row.name}
      crumbs={[{ label: 'Databases', to: pb.databases() }]}
      beside={<StateBadge state={databaseState(row)} />}
      action={
        manages &&
        pauses.data &&
        !pause && <PauseButton of={{ scope: 'database', id: row.id, what: `changes of ${row.name}` }} />
      }
    >
      {pause && <PauseNotice pause={pause} mayResume={manages} />}
      {row.missingAt && (
        <Notice kind="warning" title="The instance no longer has this database">
          It disappeared <TimeAgo at={row.missingAt} />. Nothing runs in it until it is back.
        </Notice>
      )}
      {row.ledgerError && (
        <Notice kind="warning" title="Its ledger could not be read">
          {row.ledgerError.text}
        </Notice>
      )}
      {row.historyWritten && (
        <Notice kind="warning" title="Another migration tool still changes this database">
          {row.historyWritten.text} Acknowledge it on the page of the repository link.
        </Notice>
      )}
      {row.ledgerState !== 'genuine' && (
        <Notice
          kind="warning"
          title={
            row.ledgerState === 'tampered'
              ? 'The ledger was changed outside Towpath'
              : 'The ledger was restored to an earlier state'
          }
          action={
            manages && (
              <ConfirmButton
                title={`Accept the ledger in ${row.name} as it is?`}
                verb="Accept the ledger"
                onConfirm={() => accept.mutate()}
              >
                Do this if everything the ledger lists is really in this database. What it doesn’t list runs again. The
                audit log records who accepted it, and what differed.
              </ConfirmButton>
            )
          }
        >
          Nothing runs here until you check it: {row.ledgerDiffers?.map(one => one.text).join(' ')}
        </Notice>
      )}
      {row.foreignLedger && (
        <Notice
          kind="warning"
          title="This looks like a copy of another database"
          action={
            manages && (
              <ConfirmButton
                title={`Take over the ledger in ${row.name}?`}
                verb="Take over the ledger"
                onConfirm={() => adopt.mutate()}
              >
                Do this if everything the ledger lists is really in this database. Towpath then continues from there,
                and nothing runs twice.
              </ConfirmButton>
            )
          }
        >
          Its ledger was written for another database. Nothing runs here until you check it.
        </Notice>
      )}
      <dl className="facts">
        <dt>Environment</dt>
        <dd>{environments.data?.find(one => one.id === row.environmentId)?.name ?? ''}</dd>
        <dt>Instance</dt>
        <dd>
          <Link to={pb.instance(row.instanceId)}>{instance.data?.name ?? ''}</Link>
        </dd>
        <dt>Project</dt>
        <dd>{row.projectId ? <Link to={pb.project(row.projectId)}>{project.data?.name ?? ''}</Link> : 'Unassigned'}</dd>
        <dt>Last change</dt>
        <dd>
          <TimeAgo at={row.lastChangeAt} />
        </dd>
        <dt>Ledger read</dt>
        <dd>
          <TimeAgo at={row.ledgerAt} />
        </dd>
      </dl>
      {row.projectId && <SchemaSection database={row} />}
      <History database={row.id} action={runs && row.projectId && <UndoButton database={row} />} />
      {!row.missingAt && <BaselineFile database={row} />}
    </Page>
  )
}

/** What a row is: a version that came, or one that was taken back. */
const stateOf = (row: Schemas['Change']) =>
  row.type === 'undo' ? 'undone' : row.state === 'done' ? 'applied' : row.state

function History({ database, action }: { database: string; action: ReactNode }) {
  const query = useInfiniteQuery(changesQuery(database))
  const rows = query.data?.pages.flatMap(page => page.items) ?? []
  const columns: Column<Schemas['Change']>[] = [
    {
      title: 'Version',
      cell: row => (
        <Link to={pb.change(database, row.id)}>
          <span className="mono">{row.label}</span> {row.description}
        </Link>
      ),
    },
    {
      title: 'State',
      fit: true,
      bare: true,
      cell: row => <StateBadge state={stateOf(row)} />,
    },
    {
      title: 'Schema',
      fit: true,
      wide: true,
      cell: row => (row.schemaChange ? 'Changed' : <span className="muted">Same</span>),
    },
    { title: 'Commit', fit: true, wide: true, cell: row => <Commit hash={row.commit} /> },
    { title: 'Author', wide: true, keep: 24, cell: row => row.author },
    {
      title: 'Took',
      fit: true,
      wide: true,
      number: true,
      cell: row => duration(between(row.startedAt, row.finishedAt, new Date())),
    },
    { title: 'Finished', fit: true, bare: true, cell: row => <ExactTime at={row.finishedAt} /> },
  ]
  return (
    <section className="stack tight">
      <div className="row" style={{ justifyContent: 'space-between' }}>
        <h2>Change history</h2>
        {action}
      </div>
      <QueryTable
        label="Change history"
        columns={columns}
        rows={rows}
        id={row => row.id}
        to={row => pb.change(database, row.id)}
        empty={query.isPending ? null : <EmptyState icon="clock">No changes yet.</EmptyState>}
      />
      {query.hasNextPage && (
        <div>
          <Button variant="default" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            Show older changes
          </Button>
        </div>
      )}
    </section>
  )
}
