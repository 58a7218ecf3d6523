import { useQuery } from '@tanstack/react-query'
import type { Schemas } from '~/api/client'
import { changeQuery, databaseQuery } from '~/api/queries'
import { Commit } from '~/components/Commit'
import { Link } from '~/components/Link'
import { Loaded } from '~/components/Loaded'
import { Marked } from '~/components/Marked'
import { Page } from '~/components/Page'
import { SqlBlock, SqlDiff } from '~/components/SqlBlock'
import { StateBadge } from '~/components/StateBadge'
import { TimeAgo } from '~/components/TimeAgo'
import { useParam } from '~/hooks/use-params'
import { between, duration } from '~/util/date'
import { pb } from '~/util/path-builder'
import { count } from '~/util/str'

function stateOf(change: Schemas['Change']): string {
  if (change.undoing) return 'undone'
  if (change.mark) return 'recorded'
  return change.state === 'done' ? 'applied' : change.state
}

/** One change of a database: its SQL, and the schema before and after. */
export default function ChangePage() {
  const id = useParam('database')
  const database = useQuery(databaseQuery(id))
  const query = useQuery(changeQuery(id, useParam('change')))
  return (
    <Loaded query={query}>
      {({ change, sql, schemaBefore, schemaAfter }) => (
        <Page
          title={`${change.label} ${change.description}`.trim()}
          crumbs={[
            { label: 'Databases', to: pb.databases() },
            { label: database.data?.name ?? 'Database', to: pb.database(id) },
          ]}
          beside={<StateBadge state={stateOf(change)} />}
        >
          <dl className="facts">
            <dt>When</dt>
            {change.recorded ? (
              <dd>
                <TimeAgo at={change.finishedAt} />. {change.recorded.text} Nothing ran.
              </dd>
            ) : (
              <dd>
                <TimeAgo at={change.finishedAt} />, took{' '}
                {duration(between(change.startedAt, change.finishedAt, new Date()))}
              </dd>
            )}
            <Marked mark={change.mark} />
            {change.undoing && (
              <>
                <dt>Undone by</dt>
                <dd>
                  {change.undoing.by}: {change.undoing.why}
                </dd>
                {change.undoing.applied && (
                  <>
                    <dt>Takes back</dt>
                    <dd className="mono wrap-any">{change.undoing.applied}</dd>
                  </>
                )}
              </>
            )}
            <dt>Author</dt>
            <dd>{change.author || 'not known'}</dd>
            <dt>Repository</dt>
            <dd>
              {change.repository} <Commit hash={change.commit} />
            </dd>
            {!change.recorded && (
              <>
                <dt>Statements</dt>
                <dd>
                  {count(change.statements, 'statement')}, {count(change.rowsAffected, 'row')} affected
                </dd>
              </>
            )}
            <dt>Task</dt>
            <dd>
              {change.taskId ? (
                <Link to={pb.task(change.rolloutId, change.taskId)}>Open the task</Link>
              ) : change.recorded ? (
                'None. It was recorded when the repository was linked.'
              ) : (
                'Not kept. The database’s ledger still has the change.'
              )}
            </dd>
          </dl>
          {sql && <SqlBlock label={change.path} sql={sql} undoes={Boolean(change.undoing)} />}
          {schemaBefore && schemaAfter && change.schemaChange && <SqlDiff before={schemaBefore} after={schemaAfter} />}
          {!change.schemaChange && (
            <p className="muted">
              {schemaBefore ? 'The schema is the same before and after.' : 'The schema is not kept for this change.'}
            </p>
          )}
        </Page>
      )}
    </Loaded>
  )
}
