import { Select, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { can } from '~/api/can'
import { http, type Schemas, unwrap } from '~/api/client'
import { databasesQuery, environmentsQuery, projectsQuery, sessionQuery } from '~/api/queries'
import { DatabaseTable } from '~/components/DatabaseTable'
import { FilterChips } from '~/components/FilterChips'
import { LinkButton } from '~/components/LinkButton'
import { Loaded } from '~/components/Loaded'
import { Page } from '~/components/Page'
import { useFilter } from '~/hooks/use-params'
import { useWrite } from '~/hooks/use-write'
import { EmptyState } from '~/ui/EmptyState'
import { pb } from '~/util/path-builder'
import { matches } from '~/util/str'

/**
 * All databases that the reader may see; with the right, the reader assigns them to projects here.
 */
export default function DatabasesPage() {
  const [unassigned, setUnassigned] = useFilter('unassigned')
  const [environment, setEnvironment] = useFilter('environment')
  const [search, setSearch] = useFilter('search')
  const databases = useQuery(databasesQuery(unassigned ? { unassigned: true } : {}))
  const environments = useQuery(environmentsQuery)
  const manages = can(useQuery(sessionQuery).data, 'instances.manage')
  const fits = (row: Schemas['Database']) =>
    (!environment || row.environmentId === environment) && matches(row.name, search)
  return (
    <Page title="Databases">
      <div className="row wrap" style={{ gap: '8px 16px' }}>
        <TextInput
          aria-label="Search databases"
          placeholder="Search by name"
          value={search}
          onChange={event => setSearch(event.currentTarget.value)}
        />
        <FilterChips
          label="Environment"
          options={[['', 'All environments'], ...(environments.data ?? []).map(one => [one.id, one.name] as const)]}
          value={environment}
          onChange={setEnvironment}
        />
        {manages && (
          <FilterChips
            label="Assignment"
            options={[
              ['', 'Any project'],
              ['yes', 'Unassigned'],
            ]}
            value={unassigned}
            onChange={setUnassigned}
          />
        )}
      </div>
      <Loaded query={databases}>
        {rows => (
          <DatabaseTable
            rows={rows.filter(fits)}
            {...(manages ? { assign: (row: Schemas['Database']) => <Assign database={row} /> } : {})}
            empty={
              rows.length > 0 || unassigned ? (
                <EmptyState icon="database">No databases match.</EmptyState>
              ) : (
                <EmptyState
                  icon="database"
                  action={manages && <LinkButton to={pb.instanceNew()}>Add an instance</LinkButton>}
                >
                  {manages
                    ? 'Databases are found on the instances that you add.'
                    : 'None of your projects has a database yet.'}
                </EmptyState>
              )
            }
          />
        )}
      </Loaded>
    </Page>
  )
}

function Assign({ database }: { database: Schemas['Database'] }) {
  const projects = useQuery(projectsQuery)
  const assign = useWrite({
    changes: { kind: 'database.changed', databaseId: database.id },
    run: (projectId: string) =>
      unwrap(
        http.PATCH('/api/v1/databases/{database}', {
          params: { path: { database: database.id } },
          body: { projectId },
        }),
      ),
    done: row =>
      row.projectId
        ? `${row.name} belongs to ${projects.data?.find(one => one.id === row.projectId)?.name ?? 'the project'} now.`
        : `${row.name} belongs to no project now.`,
  })
  return (
    <Select
      aria-label={`Project of ${database.name}`}
      size="xs"
      miw={130}
      maw={280}
      placeholder="Unassigned"
      searchable
      clearable
      clearButtonProps={{ 'aria-label': `Remove ${database.name} from its project` }}
      data={(projects.data ?? []).map(one => ({ value: one.id, label: one.name }))}
      value={database.projectId ?? null}
      disabled={assign.isPending}
      onChange={project => assign.mutate(project ?? '')}
    />
  )
}
