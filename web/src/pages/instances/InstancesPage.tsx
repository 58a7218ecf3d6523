import { useQuery } from '@tanstack/react-query'
import { can } from '~/api/can'
import type { Schemas } from '~/api/client'
import { environmentsQuery, instancesQuery, sessionQuery } from '~/api/queries'
import { Link } from '~/components/Link'
import { LinkButton } from '~/components/LinkButton'
import { Loaded } from '~/components/Loaded'
import { Page } from '~/components/Page'
import { StateBadge } from '~/components/StateBadge'
import { TimeAgo } from '~/components/TimeAgo'
import { useEngines } from '~/hooks/use-engines'
import { type Column, QueryTable } from '~/table/QueryTable'
import { EmptyState } from '~/ui/EmptyState'
import { Icon } from '~/ui/Icon'
import { pb } from '~/util/path-builder'

/** The workspace's database servers. */
export default function InstancesPage() {
  const instances = useQuery(instancesQuery)
  const environments = useQuery(environmentsQuery)
  const { nameOf } = useEngines()
  const manages = can(useQuery(sessionQuery).data, 'instances.manage')
  const columns: Column<Schemas['Instance']>[] = [
    { title: 'Name', cell: row => <Link to={pb.instance(row.id)}>{row.name}</Link> },
    { title: 'Environment', cell: row => environments.data?.find(one => one.id === row.environmentId)?.name ?? '' },
    { title: 'Engine', wide: true, cell: row => nameOf(row.engine) },
    { title: 'Address', wide: true, cell: row => <span className="mono">{row.address}</span> },
    {
      title: 'State',
      fit: true,
      bare: true,
      cell: row => <StateBadge state={row.checkError ? 'attention' : 'healthy'} />,
    },
    { title: 'Checked', wide: true, fit: true, cell: row => <TimeAgo at={row.checkedAt} /> },
  ]
  const add = manages && (
    <LinkButton to={pb.instanceNew()} leftSection={<Icon name="plus" />}>
      Add an instance
    </LinkButton>
  )
  return (
    <Page title="Instances" action={(instances.data?.length ?? 0) > 0 && add}>
      <Loaded query={instances}>
        {rows => (
          <QueryTable
            label="Instances"
            columns={columns}
            rows={rows}
            id={row => row.id}
            to={row => pb.instance(row.id)}
            empty={
              <EmptyState icon="server" action={add}>
                An instance is a database server, or a folder of SQLite files. Its databases are found automatically.
              </EmptyState>
            }
          />
        )}
      </Loaded>
    </Page>
  )
}
