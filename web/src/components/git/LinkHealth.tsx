import type { Schemas } from '~/api/client'
import { readingWords } from '~/util/link-reading'
import { pb } from '~/util/path-builder'
import { Commit } from '../Commit'
import { Link } from '../Link'
import { StateBadge } from '../StateBadge'
import { TimeAgo } from '../TimeAgo'

type RepositoryLink = Schemas['RepositoryLink']

/** A link on one line: how it is, when it last heard of something, and where it stands. */
export function LinkHealth({ link }: { link: RepositoryLink }) {
  return (
    <div className="panel row wrap" style={{ gap: '4px 16px', padding: '8px 12px' }}>
      <Link to={pb.link(link.projectId, link.id)}>{link.repositoryName}</Link>
      <span className="mono small">{link.branch}</span>
      {link.baseDirectory && <span className="mono small">{link.baseDirectory}/</span>}
      <StateBadge state={link.state} />
      {link.reading && <strong role="status">{readingWords(link.reading)}</strong>}
      <span className="muted small">
        synced <Commit hash={link.syncedCommit ?? ''} /> <TimeAgo at={link.syncedAt} none="not yet" />
      </span>
      <span className="muted small">
        last delivery <TimeAgo at={link.lastDeliveryAt} />
      </span>
    </div>
  )
}
