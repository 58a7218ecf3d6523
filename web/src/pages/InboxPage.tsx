import { useQuery } from '@tanstack/react-query'
import type { Schemas } from '~/api/client'
import { inboxQuery } from '~/api/queries'
import { Commit } from '~/components/Commit'
import { Link } from '~/components/Link'
import { Loaded } from '~/components/Loaded'
import { Page } from '~/components/Page'
import { ReviewCounts } from '~/components/review/ReviewCounts'
import { GateActions } from '~/components/rollout/GateActions'
import { PastGate } from '~/components/rollout/PastGate'
import { TimeAgo } from '~/components/TimeAgo'
import { EmptyState } from '~/ui/EmptyState'
import { pb } from '~/util/path-builder'
import { count } from '~/util/str'

/** What waits for the member in all projects: starts, approvals, and looks at starts past a gate. */
export default function InboxPage() {
  const inbox = useQuery(inboxQuery)
  return (
    <Page title="Inbox" lead="Changes that wait for you, in all projects.">
      <Loaded query={inbox} rows={3}>
        {({ items, looks }) =>
          items.length + looks.length === 0 ? (
            <EmptyState icon="check">Nothing waits for you.</EmptyState>
          ) : (
            <ul className="stack" aria-label="Waiting for you">
              {looks.map(item => (
                <li key={item.look.id}>
                  <Look item={item} />
                </li>
              ))}
              {items.map(item => (
                <li key={item.rollout.id + item.environmentId}>
                  <Item item={item} />
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </Page>
  )
}

/** A start past a gate, at which the member can look. */
function Look({ item }: { item: Schemas['InboxLook'] }) {
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

function Item({ item }: { item: Schemas['InboxItem'] }) {
  const { rollout, environment, start } = item
  const databases = [...new Set(item.tasks.map(task => task.database))]
  return (
    <section className="panel stack tight" aria-label={`${item.project}, ${environment}`}>
      <h2>
        <Link to={pb.rollout(rollout.id)}>{rollout.message || 'Rollout'}</Link>
      </h2>
      <div className="row wrap muted" style={{ gap: 16 }}>
        <span>
          {item.project} in {environment}
        </span>
        <span>
          Commit <Commit hash={rollout.commit} url={rollout.commitUrl} />
        </span>
        {rollout.author && <span>by {rollout.author}</span>}
        <span>
          waiting since <TimeAgo at={rollout.createdAt} />
        </span>
        {rollout.review && <ReviewCounts review={rollout.review} none="no errors, no warnings" />}
      </div>
      <p>
        {count(item.tasks.length, 'task')} in {databases.join(', ')}: {item.tasks.map(task => task.label).join(', ')}
      </p>
      {start.waitsFor.map(reason => (
        <p key={reason.text} className="muted">
          {reason.text}
        </p>
      ))}
      <GateActions
        key={start.evidence}
        rollout={rollout}
        environmentId={item.environmentId}
        environment={environment}
        start={start}
      />
    </section>
  )
}
