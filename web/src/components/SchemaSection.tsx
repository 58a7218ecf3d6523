import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { can } from '~/api/can'
import { http, type Schemas, unwrap } from '~/api/client'
import { driftQuery, projectQuery, schemaCheckQuery } from '~/api/queries'
import { useWrite } from '~/hooks/use-write'
import { Notice } from '~/ui/Notice'
import { duration } from '~/util/date'
import { pb } from '~/util/path-builder'
import { Link } from './Link'
import { Loaded } from './Loaded'
import { Repair } from './Repair'
import { SqlDiff } from './SqlBlock'
import { StateBadge } from './StateBadge'
import { TimeAgo } from './TimeAgo'
import { WhyButton } from './WhyButton'

interface SchemaSectionProps {
  database: Pick<Schemas['Database'], 'id' | 'name' | 'projectId'>
}

/** How the schema of a database compares with what its changes left. */
export function SchemaSection({ database }: SchemaSectionProps) {
  const query = useQuery(schemaCheckQuery(database.id))
  return (
    <section className="stack tight">
      <Loaded query={query} rows={1}>
        {check => <Details database={database} check={check} />}
      </Loaded>
    </section>
  )
}

interface DetailsProps extends SchemaSectionProps {
  check: Schemas['SchemaCheck']
}

function Details({ database, check }: DetailsProps) {
  const project = useQuery({ ...projectQuery(database.projectId ?? ''), enabled: Boolean(database.projectId) })
  const changes = { kind: 'database.changed', databaseId: database.id } as const
  const params = { path: { database: database.id } }
  const read = useWrite({
    changes,
    run: () => unwrap(http.POST('/api/v1/databases/{database}/schema-check', { params })),
    done: () => `The schema of ${database.name} was checked.`,
  })
  const open = check.drifts.filter(one => !one.settledAt)
  const found = check.found ?? ''
  const acceptable = found && check.state !== 'same' && (check.state === 'drifted' ? !check.because : isBaseless(check))
  return (
    <>
      <div className="row wrap" style={{ justifyContent: 'space-between' }}>
        <h2>Schema</h2>
        <div className="row wrap">
          {check.everyMs > 0 && can(project.data, 'project.sync') && (
            <Button variant="default" loading={read.isPending} onClick={() => read.mutate()}>
              Check now
            </Button>
          )}
          {acceptable && can(project.data, 'project.resolve') && (
            <WhyButton
              verb="Accept the schema"
              title={`Accept the schema of ${database.name} as it is?`}
              shown="Kept with the difference and in the audit log."
              run={why =>
                unwrap(http.POST('/api/v1/databases/{database}/schema-check/accept', { params, body: { found, why } }))
              }
              done={() => `The schema of ${database.name} was accepted.`}
            >
              The next checks compare with the schema as it is now. Other databases don’t get the difference.
            </WhyButton>
          )}
        </div>
      </div>
      <div className="row wrap">
        <StateBadge state={check.state} />
        <span className="muted">
          {check.checkedAt ? (
            <>
              as of <TimeAgo at={check.checkedAt} />
            </>
          ) : (
            'not read yet'
          )}
          {check.everyMs > 0 ? `, checked every ${duration(check.everyMs)}` : ', this server checks no schemas'}
        </span>
      </div>
      {check.because && <p>{check.because.text}</p>}
      {open.map(one => (
        <OpenDrift key={one.id} database={database} drift={one} opens={can(project.data, 'project.resolve')} />
      ))}
      <Settled drifts={check.drifts.filter(one => one.settledAt)} />
    </>
  )
}

const isBaseless = (check: Schemas['SchemaCheck']) => check.because?.code === 'schema-no-base'

interface OpenDriftProps extends SchemaSectionProps {
  drift: Schemas['Drift']
  /** whether the person may open a pull request */
  opens: boolean
}

function OpenDrift({ database, drift, opens }: OpenDriftProps) {
  const detail = useQuery(driftQuery(database.id, drift.id))
  return (
    <>
      <Notice kind="warning" title="The schema was changed outside Towpath">
        First seen <TimeAgo at={drift.seenAt} />. Take it back, or accept it.
        {drift.changeId && (
          <>
            {' '}
            <Link to={pb.change(database.id, drift.changeId)}>A change</Link> has run with it.
          </>
        )}
      </Notice>
      <Loaded query={detail}>
        {({ schemaBefore, schemaAfter }) =>
          schemaBefore && schemaAfter ? (
            <>
              <SqlDiff before={schemaBefore} after={schemaAfter} />
              <Repair database={database} drift={drift.id} opens={opens && !drift.changeId} />
            </>
          ) : (
            <p className="muted">The schemas are no longer kept.</p>
          )
        }
      </Loaded>
    </>
  )
}

function Settled({ drifts }: { drifts: Schemas['Drift'][] }) {
  if (drifts.length === 0) return null
  return (
    <details>
      <summary>Earlier differences</summary>
      <ul>
        {drifts.map(one => (
          <li key={one.id} className="wrap-any">
            Seen <TimeAgo at={one.seenAt} />,{' '}
            {one.acceptedBy ? `accepted by ${one.acceptedBy}: ${one.why}` : 'taken back'} <TimeAgo at={one.settledAt} />
          </li>
        ))}
      </ul>
    </details>
  )
}
