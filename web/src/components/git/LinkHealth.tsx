import type { Schemas } from '~/api/client'
import { pb } from '~/util/path-builder'
import { Commit } from '../Commit'
import { Link } from '../Link'
import { StateBadge } from '../StateBadge'
import { TimeAgo } from '../TimeAgo'

type RepositoryLink = Schemas['RepositoryLink']

/** How a link is, in one word of StateBadge. */
export function linkState(link: Pick<RepositoryLink, 'attentionReason' | 'hookState'>): string {
  if (link.attentionReason) return 'attention'
  return link.hookState === 'missing' ? 'missing' : 'healthy'
}

/** A link on one line: how it is, when it last heard of something, and where it stands. */
export function LinkHealth({ link }: { link: RepositoryLink }) {
  return (
    <div className="panel row wrap" style={{ gap: '4px 16px', padding: '8px 12px' }}>
      <Link to={pb.link(link.projectId, link.id)}>{link.repositoryName}</Link>
      <span className="mono small">{link.branch}</span>
      {link.baseDirectory && <span className="mono small">{link.baseDirectory}/</span>}
      <StateBadge state={linkState(link)} />
      <span className="muted small">
        synced <Commit hash={link.syncedCommit ?? ''} /> <TimeAgo at={link.syncedAt} none="not yet" />
      </span>
      <span className="muted small">
        last delivery <TimeAgo at={link.lastDeliveryAt} />
      </span>
    </div>
  )
}
