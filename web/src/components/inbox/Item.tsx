import { Checkbox } from '@mantine/core'
import type { Schemas } from '~/api/client'
import { pb } from '~/util/path-builder'
import { count } from '~/util/str'
import { Commit } from '../Commit'
import { Link } from '../Link'
import { ReviewCounts } from '../review/ReviewCounts'
import { Evidence } from '../rollout/Evidence'
import type { TaskFile } from '../rollout/files'
import { GateActions } from '../rollout/GateActions'
import { Answers, Strangers } from '../rollout/StageGate'
import { StateBadge } from '../StateBadge'
import { TimeAgo } from '../TimeAgo'

type InboxItem = Schemas['InboxItem']

/** An item in words: "Add a phone, Shop in prod". */
export const nameOf = (item: InboxItem) =>
  `${item.rollout.message || 'Rollout'}, ${item.project} in ${item.environment}`

interface ItemProps {
  item: InboxItem
  /** Whether it is selected; undefined when there is nothing to select among. */
  chosen: boolean | undefined
  choose: (on: boolean) => void
  /** Whether its evidence is open at first. */
  open: boolean
}

/** A stage that waits for the member, with all that the decision is about. */
export function Item({ item, chosen, choose, open }: ItemProps) {
  const { rollout, environment, environmentId, start } = item
  const waiting = {
    ...item,
    files: item.files.map(fileOf),
    databases: item.groups.flatMap(group => group.databases.map(database => database.name)),
  }
  return (
    <section className="panel stack tight" aria-label={`${item.project}, ${environment}`}>
      <div className="row">
        {chosen !== undefined && (
          <Checkbox
            aria-label={`Select ${nameOf(item)}`}
            checked={chosen}
            onChange={event => choose(event.currentTarget.checked)}
          />
        )}
        <h2>
          <Link to={pb.rollout(rollout.id)}>{rollout.message || 'Rollout'}</Link>
        </h2>
      </div>
      <div className="row wrap muted" style={{ gap: '4px 16px' }}>
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
      {start.waitsFor.map(reason => (
        <p key={reason.text} className="muted">
          {reason.text}
        </p>
      ))}
      {start.answers.length > 0 && <Answers start={start} />}
      <Strangers start={start} />
      <GateActions
        key={start.evidence}
        rollout={rollout}
        environmentId={environmentId}
        environment={environment}
        start={start}
        waiting={waiting}
      />
      <Evidence
        rollout={rollout}
        environmentId={environmentId}
        waiting={waiting}
        targets={<Groups item={item} />}
        open={open}
      />
    </section>
  )
}

const fileOf = ({ checksum = '', action, ...rest }: Schemas['InboxFile']): TaskFile => ({
  ...rest,
  checksum,
  recorded: action === 'record',
})

/** The databases, those that are alike together and the odd ones first. */
function Groups({ item }: { item: InboxItem }) {
  const more = item.databaseCount - item.groups.reduce((sum, group) => sum + group.count, 0)
  return (
    <>
      <ul className="plain stack tight" aria-label="Databases">
        {item.groups.map(group => (
          <li key={JSON.stringify([group.version, group.drifted])} className="row wrap">
            {group.databases.map(database => (
              <Link key={database.id} to={pb.database(database.id)}>
                {database.name}
              </Link>
            ))}
            <span className="muted">
              {group.count > group.databases.length &&
                `and ${(group.count - group.databases.length).toLocaleString('en')} more `}
              {group.version ? (
                <>
                  at <span className="mono">{group.version}</span>
                </>
              ) : (
                'without changes so far'
              )}
            </span>
            {group.drifted && <StateBadge state="drifted" />}
          </li>
        ))}
      </ul>
      {more > 0 && <Link to={pb.rollout(item.rollout.id)}>See {count(more, 'more database')} in the rollout</Link>}
    </>
  )
}
