import { useQuery } from '@tanstack/react-query'
import type { Schemas } from '~/api/client'
import { providersQuery } from '~/api/gitops-queries'
import { Link } from '~/components/Link'
import { LinkButton } from '~/components/LinkButton'
import { Loaded } from '~/components/Loaded'
import { Page } from '~/components/Page'
import { StateBadge } from '~/components/StateBadge'
import { TimeAgo } from '~/components/TimeAgo'
import { type Column, QueryTable } from '~/table/QueryTable'
import { EmptyState } from '~/ui/EmptyState'
import { Icon } from '~/ui/Icon'
import { pb } from '~/util/path-builder'

const columns: Column<Schemas['GitProvider']>[] = [
  { title: 'Name', cell: provider => <Link to={pb.gitProvider(provider.id)}>{provider.displayName}</Link> },
  {
    title: 'Health',
    fit: true,
    bare: true,
    cell: provider => <StateBadge state={provider.health === 'attention' ? 'attention' : 'healthy'} />,
  },
  { title: 'Linked', cell: provider => <Linked links={provider.links ?? []} /> },
  { title: 'Instance', wide: true, cell: provider => provider.instanceUrl },
  { title: 'Added', wide: true, fit: true, cell: provider => <TimeAgo at={provider.createdAt} /> },
]

/** The workspace's Git providers. */
export default function ProvidersPage() {
  const providers = useQuery(providersQuery)
  const add = (
    <LinkButton to={pb.gitProviderNew()} leftSection={<Icon name="plus" />}>
      Add a Git provider
    </LinkButton>
  )
  return (
    <Page
      title="GitOps"
      action={(providers.data?.length ?? 0) > 0 && add}
      lead="Git providers whose repositories may be linked to projects. Only workspace owners see this page."
    >
      <Loaded query={providers}>
        {list => (
          <QueryTable
            label="Git providers"
            columns={columns}
            rows={list}
            id={provider => provider.id}
            to={provider => pb.gitProvider(provider.id)}
            empty={
              <EmptyState icon="branch" action={add}>
                No Git providers yet. Add one so that project owners can link their repositories.
              </EmptyState>
            }
          />
        )}
      </Loaded>
    </Page>
  )
}

function Linked({ links }: { links: Schemas['LinkedProject'][] }) {
  if (links.length === 0) return <span className="muted">Nothing yet</span>
  return (
    <>
      {links.slice(0, 3).map((link, index) => (
        <span key={link.linkId}>
          {index > 0 && ', '}
          <Link to={pb.link(link.projectId, link.linkId)}>{link.projectName}</Link>
        </span>
      ))}
      {links.length > 3 && <span className="muted"> and {links.length - 3} more</span>}
    </>
  )
}
