import type { Schemas } from '~/api/client'
import { pb } from '~/util/path-builder'
import { Commit } from '../Commit'
import { Link } from '../Link'
import { PastGate } from '../rollout/PastGate'
import { TimeAgo } from '../TimeAgo'

/** A start past a gate, at which the member can look. */
export function Look({ item }: { item: Schemas['InboxLook'] }) {
  const { rollout, environment, look } = item
  return (
    <section className="panel stack tight" aria-label={`Second look, ${item.project}, ${environment}`}>
      <h2>
        <Link to={pb.rollout(rollout.id)}>{rollout.message || 'Rollout'}</Link>
      </h2>
      <div className="row wrap muted" style={{ gap: 16 }}>
        <span>
          {item.project} in {environment || 'a removed environment'}
        </span>
        <span>
          Commit <Commit hash={rollout.commit} url={rollout.commitUrl} />
        </span>
        <span>
          started <TimeAgo at={look.at} />
        </span>
      </div>
      <PastGate rollout={rollout} environment={environment} look={look} />
    </section>
  )
}
