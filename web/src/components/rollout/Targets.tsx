import { useQuery } from '@tanstack/react-query'
import type { Schemas } from '~/api/client'
import { databasesQuery } from '~/api/queries'
import { pb } from '~/util/path-builder'
import { DatabaseGroups, fewDatabases, groupDatabases } from '../DatabaseGroups'
import { Link } from '../Link'
import { Loaded } from '../Loaded'
import { StateBadge } from '../StateBadge'

interface TargetsProps {
  project: string
  /** Of the databases. */
  ids: ReadonlySet<string>
}

/** The databases that something runs in, those that are alike together and the odd ones first. */
export function Targets({ project, ids }: TargetsProps) {
  const databases = useQuery(databasesQuery({ project }))
  return (
    <Loaded query={databases} rows={1}>
      {all => {
        const rows = all.filter(row => ids.has(row.id))
        return rows.length > fewDatabases ? <DatabaseGroups rows={rows} /> : <Few rows={rows} />
      }}
    </Loaded>
  )
}

function Few({ rows }: { rows: Schemas['Database'][] }) {
  return (
    <ul className="plain stack tight" aria-label="Databases">
      {groupDatabases(rows).map(group => (
        <li key={group.key} className="row wrap">
          {group.rows.map(row => (
            <Link key={row.id} to={pb.database(row.id)}>
              {row.name}
            </Link>
          ))}
          <span className="muted">
            {group.version ? (
              <>
                at <span className="mono">{group.version}</span>
              </>
            ) : (
              'without changes so far'
            )}
          </span>
          <StateBadge state={group.state} />
        </li>
      ))}
    </ul>
  )
}
