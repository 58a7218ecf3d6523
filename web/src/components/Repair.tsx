import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Schemas } from '~/api/client'
import { repairQuery } from '~/api/queries'
import { Notice } from '~/ui/Notice'
import { download } from '~/util/download'
import { Loaded } from './Loaded'
import { SqlBlock } from './SqlBlock'

interface RepairProps {
  database: Pick<Schemas['Database'], 'id' | 'name'>
  drift: string
}

/** The SQL that takes a drift back, once a person asks for it. */
export function Repair({ database, drift }: RepairProps) {
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
      {repair => <Written name={database.name} repair={repair} />}
    </Loaded>
  )
}

function Written({ name, repair: { sql, loses, unwritten } }: { name: string; repair: Schemas['Repair'] }) {
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
            Towpath does not run it. Read it, run it in the database yourself, then check the schema again.
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
