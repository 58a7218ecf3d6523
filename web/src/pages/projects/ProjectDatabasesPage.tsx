import { useQuery } from '@tanstack/react-query'
import { can } from '~/api/can'
import { databasesQuery, sessionQuery } from '~/api/queries'
import { DatabaseGroups, fewDatabases } from '~/components/DatabaseGroups'
import { DatabaseTable } from '~/components/DatabaseTable'
import { LinkButton } from '~/components/LinkButton'
import { Loaded } from '~/components/Loaded'
import { useParam } from '~/hooks/use-params'
import { EmptyState } from '~/ui/EmptyState'
import { pb } from '~/util/path-builder'

/** A project's databases. */
export default function ProjectDatabasesPage() {
  const project = useParam('project')
  const databases = useQuery(databasesQuery({ project }))
  const session = useQuery(sessionQuery)
  const manages = can(session.data, 'instances.manage')
  return (
    <div className="stack tight">
      {(databases.data?.length ?? 0) > 0 && (
        <div className="row between wrap">
          <h2>Databases</h2>
          {manages && (
            <LinkButton to={pb.databases()} search={{ unassigned: 'yes' }} variant="default">
              Assign more databases
            </LinkButton>
          )}
        </div>
      )}
      <Loaded query={databases}>
        {rows =>
          rows.length > fewDatabases ? (
            <DatabaseGroups rows={rows} />
          ) : (
            <DatabaseTable
              rows={rows}
              without="Project"
              empty={
                <EmptyState
                  icon="database"
                  action={
                    manages && (
                      <LinkButton to={pb.databases()} search={{ unassigned: 'yes' }}>
                        Assign databases
                      </LinkButton>
                    )
                  }
                >
                  This project has no databases yet.{' '}
                  {manages ? 'Assign some that belong to no project.' : 'Ask an owner or a DBA to assign some.'}
                </EmptyState>
              }
            />
          )
        }
      </Loaded>
    </div>
  )
}
