import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { http, type Schemas, unwrap } from '~/api/client'
import { repairQuery } from '~/api/queries'
import { useWrite } from '~/hooks/use-write'
import { Notice } from '~/ui/Notice'
import { download } from '~/util/download'
import { Loaded } from './Loaded'
import { SqlBlock } from './SqlBlock'

interface RepairProps {
  database: Pick<Schemas['Database'], 'id' | 'name'>
  drift: string
  /** whether the person may open a pull request */
  opens: boolean
}

/** The SQL that takes a drift back, once a person asks for it. */
export function Repair({ database, drift, opens }: RepairProps) {
  const [asked, setAsked] = useState(false)
  const query = useQuery({ ...repairQuery(database.id, drift), enabled: asked })
  if (!asked) {
    return (
      <div>
        <Button variant="default" onClick={() => setAsked(true)}>
          Show the SQL that takes it back
        </Button>
      </div>
    )
  }
  return (
    <Loaded query={query} rows={3}>
      {repair => (
        <>
          <Written name={database.name} repair={repair} opens={opens} />
          {repair.sql && opens && <PullRequest database={database} drift={drift} />}
        </>
      )}
    </Loaded>
  )
}

/** Brings the SQL into the repository as a migration. */
function PullRequest({ database, drift }: Omit<RepairProps, 'opens'>) {
  const write = useWrite({
    changes: { kind: 'database.changed', databaseId: database.id },
    run: () =>
      unwrap(
        http.POST('/api/v1/databases/{database}/drifts/{drift}/repair', {
          params: { path: { database: database.id, drift } },
        }),
      ),
  })
  const made = write.data
  return (
    <section className="stack tight" aria-label="Pull request">
      {made && <Opened made={made} />}
      {!made?.pullRequest && (
        <div>
          <Button variant="default" loading={write.isPending} onClick={() => write.mutate()}>
            {made ? 'Try again to open the pull request' : 'Open pull request'}
          </Button>
        </div>
      )}
      {!made && (
        <p className="muted reading">
          Commits the SQL as the next migration to a branch of its own. Merged, it runs only on the schema that was
          found. Databases that are as they should be record it without running it.
        </p>
      )}
    </section>
  )
}

function Opened({ made }: { made: Schemas['OpenedRepair'] }) {
  const { pullRequest, because } = made
  return (
    <Notice
      kind={pullRequest ? 'ok' : 'warning'}
      title={pullRequest ? `Pull request ${pullRequest.number} is open` : 'The branch is there, without a pull request'}
      action={
        pullRequest && (
          <a href={pullRequest.url} target="_blank" rel="noreferrer">
            Open it at the provider
          </a>
        )
      }
    >
      <span className="mono wrap-any">{made.path}</span> on branch <span className="mono wrap-any">{made.branch}</span>{' '}
      of {made.repository}, into {made.into}.{because && ` ${because.text}`}
    </Notice>
  )
}

interface WrittenProps {
  name: string
  repair: Schemas['Repair']
  opens: boolean
}

function Written({ name, repair: { sql, loses, unwritten }, opens }: WrittenProps) {
  return (
    <section className="stack tight" aria-label="Repair">
      {sql && (
        <>
          <Notice
            kind={loses ? 'warning' : 'ok'}
            title={loses ? 'The SQL removes tables or columns, with their rows' : 'The SQL that takes it back'}
            action={
              <Button size="compact-sm" onClick={() => download(`${name}-repair.sql`, sql)}>
                Download {name}-repair.sql
              </Button>
            }
          >
            Read it first. Run it in the database yourself and check the schema again
            {opens ? ', or open a pull request with it.' : '.'}
          </Notice>
          <SqlBlock
            label="The SQL that takes the difference back"
            sql={{ text: sql, size: sql.length, truncated: false }}
          />
        </>
      )}
      {unwritten.length > 0 && (
        <Notice kind="warning" title={sql ? 'Not everything is written' : 'Take this back by hand'}>
          Towpath writes only what is sure to restore the schema. This differs too:
          <ul className="mono small wrap-any">
            {[...new Set(unwritten)].map(line => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        </Notice>
      )}
      {!sql && unwritten.length === 0 && <p className="muted">Nothing is left to take back.</p>}
    </section>
  )
}
