import type { ReactNode } from 'react'
import type { Schemas } from '~/api/client'
import { type Column, QueryTable } from '~/table/QueryTable'
import { readingWords } from '~/util/link-reading'
import { pb } from '~/util/path-builder'
import { Commit } from '../Commit'
import { Link } from '../Link'
import { StateBadge } from '../StateBadge'
import { TimeAgo } from '../TimeAgo'

const columns: Column<Schemas['RepositoryLink']>[] = [
  {
    title: 'Repository',
    cell: link => (
      <>
        <Link to={pb.link(link.projectId, link.id)}>{link.repositoryName}</Link>
        {link.reading && (
          <div className="small" role="status">
            {readingWords(link.reading)}
          </div>
        )}
      </>
    ),
  },
  { title: 'Branch', cell: link => <span className="mono">{link.branch}</span> },
  {
    title: 'Base directory',
    wide: true,
    cell: link =>
      link.baseDirectory ? (
        <span className="mono">{link.baseDirectory}/</span>
      ) : (
        <span className="muted">all of it</span>
      ),
  },
  { title: 'State', fit: true, bare: true, cell: link => <StateBadge state={link.state} /> },
  {
    title: 'Synced',
    fit: true,
    wide: true,
    cell: link => (
      <>
        <Commit hash={link.syncedCommit ?? ''} /> <TimeAgo at={link.syncedAt} none="" />
      </>
    ),
  },
  { title: 'Last delivery', fit: true, wide: true, cell: link => <TimeAgo at={link.lastDeliveryAt} /> },
]

/** Linked repositories: the health and state of each, and its last push. */
export function LinkTable({ links, empty }: { links: Schemas['RepositoryLink'][]; empty: ReactNode }) {
  return (
    <QueryTable
      label="Repositories"
      columns={columns}
      rows={links}
      id={link => link.id}
      to={link => pb.link(link.projectId, link.id)}
      empty={empty}
    />
  )
}
