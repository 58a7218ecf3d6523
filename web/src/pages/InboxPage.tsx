import { Button, Checkbox } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { http, type Schemas, unwrap } from '~/api/client'
import { inboxQuery, inboxStep } from '~/api/queries'
import { ConfirmButton } from '~/components/ConfirmButton'
import { Item, nameOf } from '~/components/inbox/Item'
import { Look } from '~/components/inbox/Look'
import { Loaded } from '~/components/Loaded'
import { Outcomes } from '~/components/Outcomes'
import { Page } from '~/components/Page'
import { useWrite } from '~/hooks/use-write'
import { EmptyState } from '~/ui/EmptyState'
import { type Outcome, withEach } from '~/util/several'
import { some } from '~/util/str'

type InboxItem = Schemas['InboxItem']

/** What waits for the member in all projects: starts, approvals, and looks at starts past a gate. */
export default function InboxPage() {
  const [most, setMost] = useState(inboxStep)
  const inbox = useQuery(inboxQuery(most))
  return (
    <Page title="Inbox" lead="Changes that wait for you, in all projects.">
      <Loaded query={inbox} rows={3}>
        {data => <Items inbox={data} more={() => setMost(most + inboxStep)} />}
      </Loaded>
    </Page>
  )
}

function Items({ inbox, more }: { inbox: Schemas['Inbox']; more: () => void }) {
  const { items, looks } = inbox
  const others = inbox.starts + inbox.approvals - items.length
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
            {some(selected.map(nameOf), 20)}. What has changed since you looked is left alone.
          </ConfirmButton>
        </div>
      )}
      {items.length + looks.length > 0 && (
        <ul className="plain stack" aria-label="Waiting for you">
          {looks.map(item => (
            <li key={item.look.id}>
              <Look item={item} />
            </li>
          ))}
          {items.map((item, index) => (
            <li key={item.rollout.id + item.environmentId}>
              <Item
                item={item}
                chosen={items.length > 1 ? selected.includes(item) : undefined}
                choose={on => choose(item, on)}
                open={index === 0}
              />
            </li>
          ))}
        </ul>
      )}
      {others > 0 && (
        <div>
          <Button variant="default" onClick={more}>
            Show {Math.min(inboxStep, others)} more of {others}
          </Button>
        </div>
      )}
    </>
  )
}

const keyOf = (item: InboxItem) => item.rollout.id + item.environmentId + item.start.evidence

/** Decides about what the page shows, and nothing newer. */
function approveOrStart(item: InboxItem): Promise<unknown> {
  const params = { path: { rollout: item.rollout.id, environment: item.environmentId } }
  const body = { evidence: item.start.evidence }
  if (item.wants === 'approval')
    return unwrap(http.POST('/api/v1/rollouts/{rollout}/stages/{environment}/approvals', { params, body }))
  return unwrap(http.POST('/api/v1/rollouts/{rollout}/stages/{environment}/start', { params, body }))
}
