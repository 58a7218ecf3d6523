import { Checkbox } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { http, type Schemas, unwrap } from '~/api/client'
import { inboxQuery } from '~/api/queries'
import { Commit } from '~/components/Commit'
import { ConfirmButton } from '~/components/ConfirmButton'
import { Link } from '~/components/Link'
import { Loaded } from '~/components/Loaded'
import { Outcomes } from '~/components/Outcomes'
import { Page } from '~/components/Page'
import { ReviewCounts } from '~/components/review/ReviewCounts'
import { GateActions } from '~/components/rollout/GateActions'
import { PastGate } from '~/components/rollout/PastGate'
import { TimeAgo } from '~/components/TimeAgo'
import { useWrite } from '~/hooks/use-write'
import { EmptyState } from '~/ui/EmptyState'
import { pb } from '~/util/path-builder'
import { type Outcome, withEach } from '~/util/several'
import { count } from '~/util/str'

type InboxItem = Schemas['InboxItem']

/** What waits for the member in all projects: starts, approvals, and looks at starts past a gate. */
export default function InboxPage() {
  const inbox = useQuery(inboxQuery)
  return (
    <Page title="Inbox" lead="Changes that wait for you, in all projects.">
      <Loaded query={inbox} rows={3}>
        {data => <Items inbox={data} />}
      </Loaded>
    </Page>
  )
}

function Items({ inbox: { items, looks } }: { inbox: Schemas['Inbox'] }) {
  const [chosen, setChosen] = useState<string[]>([])
  const [result, setResult] = useState<Outcome<InboxItem>[]>()
  // another evidence is another thing, which nobody has chosen yet
  const selected = items.filter(item => chosen.includes(keyOf(item)))
  const decide = useWrite({
    run: () => withEach(selected, approveOrStart),
    after: outcomes => {
      setChosen([])
      setResult(outcomes)
    },
  })
  const choose = (item: InboxItem, on: boolean) =>
    setChosen(old => (on ? [...old, keyOf(item)] : old.filter(key => key !== keyOf(item))))
  return (
    <>
      {result && <Outcomes did="Approved or started" outcomes={result} name={nameOf} />}
      {items.length + looks.length === 0 && <EmptyState icon="check">Nothing waits for you.</EmptyState>}
      {items.length > 1 && (
        <div className="row wrap">
          <Checkbox
            label={`Select all ${items.length}`}
            checked={selected.length === items.length}
            indeterminate={selected.length > 0 && selected.length < items.length}
            onChange={event => setChosen(event.currentTarget.checked ? items.map(keyOf) : [])}
          />
          <ConfirmButton
            title={`Approve or start ${selected.length} selected?`}
            verb={`Approve or start ${selected.length} selected`}
            variant="filled"
            loading={decide.isPending}
            disabled={selected.length === 0}
            onConfirm={() => decide.mutate()}
          >
            {selected.map(nameOf).join('; ')}. What has changed since you looked is left alone.
          </ConfirmButton>
        </div>
      )}
      {items.length + looks.length > 0 && (
        <ul className="stack" aria-label="Waiting for you">
          {looks.map(item => (
            <li key={item.look.id}>
              <Look item={item} />
            </li>
          ))}
          {items.map(item => (
            <li key={item.rollout.id + item.environmentId}>
              <Item
                item={item}
                chosen={items.length > 1 ? selected.includes(item) : undefined}
                choose={on => choose(item, on)}
              />
            </li>
          ))}
        </ul>
      )}
    </>
  )
}

const keyOf = (item: InboxItem) => item.rollout.id + item.environmentId + item.start.evidence

const nameOf = (item: InboxItem) => `${item.rollout.message || 'Rollout'}, ${item.project} in ${item.environment}`

/** Decides about what the page shows, and nothing newer. */
function approveOrStart(item: InboxItem): Promise<unknown> {
  const params = { path: { rollout: item.rollout.id, environment: item.environmentId } }
  const body = { evidence: item.start.evidence }
  if (item.wants === 'approval')
    return unwrap(http.POST('/api/v1/rollouts/{rollout}/stages/{environment}/approvals', { params, body }))
  return unwrap(http.POST('/api/v1/rollouts/{rollout}/stages/{environment}/start', { params, body }))
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

interface ItemProps {
  item: InboxItem
  /** Whether it is selected; undefined when there is nothing to select among. */
  chosen: boolean | undefined
  choose: (on: boolean) => void
}

function Item({ item, chosen, choose }: ItemProps) {
  const { rollout, environment, start } = item
  const databases = [...new Set(item.tasks.map(task => task.database))]
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
