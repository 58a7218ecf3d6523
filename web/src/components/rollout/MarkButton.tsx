import { Button, Checkbox, Modal, Textarea } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { type FormEvent, useEffect, useRef, useState } from 'react'
import { http, type Schemas, unwrap } from '~/api/client'
import { needsDespite, shown, standingQuery } from '~/api/standing'
import { useWrite } from '~/hooks/use-write'
import { Notice } from '~/ui/Notice'
import { Loaded } from '../Loaded'

interface MarkButtonProps {
  task: Pick<Schemas['Task'], 'id' | 'rolloutId' | 'projectId' | 'label'>
}

/** Shows what the database has of a file, and records the file as applied. */
export function MarkButton({ task }: MarkButtonProps) {
  const [opened, { open, close }] = useDisclosure()
  return (
    <>
      <Button variant="default" onClick={open}>
        Mark as applied…
      </Button>
      <Modal
        opened={opened}
        onClose={close}
        title={`Does the database have ${task.label} already?`}
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        <Look task={task} close={close} />
      </Modal>
    </>
  )
}

/** Reads what the database shows, while the dialog is open. */
function Look({ task, close }: MarkButtonProps & { close: () => void }) {
  const standing = useQuery(standingQuery(task.rolloutId, task.id))
  return <Loaded query={standing}>{data => <MarkForm task={task} standing={data} close={close} />}</Loaded>
}

interface MarkFormProps extends MarkButtonProps {
  standing: Schemas['Standing']
  close: () => void
}

function MarkForm({ task, standing, close }: MarkFormProps) {
  const [why, setWhy] = useState('')
  const [despite, setDespite] = useState(false)
  const first = useRef<HTMLTextAreaElement>(null)
  useEffect(() => first.current?.focus(), []) // it comes later than the dialog
  const asks = needsDespite(standing)
  const write = useWrite({
    changes: { kind: 'task.changed', projectId: task.projectId, rolloutId: task.rolloutId },
    run: () =>
      unwrap(
        http.POST('/api/v1/rollouts/{rollout}/tasks/{task}/mark', {
          params: { path: { rollout: task.rolloutId, task: task.id } },
          body: { why, checksum: standing.checksum, despite: asks && despite },
        }),
      ),
    done: () => `${task.label} is recorded when its turn comes.`,
    after: close,
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    write.mutate()
  }
  return (
    <form className="stack" onSubmit={submit}>
      <Shown standing={standing} />
      {!standing.refused && (
        <>
          <p>The file is recorded in this database’s ledger and does not run.</p>
          <Textarea
            ref={first}
            label="How did the database get it?"
            description="Kept in the database’s ledger and in the audit log."
            value={why}
            onChange={event => setWhy(event.currentTarget.value)}
          />
          {asks && (
            <Checkbox
              label="I looked at the database, and it has this change."
              checked={despite}
              onChange={event => setDespite(event.currentTarget.checked)}
            />
          )}
        </>
      )}
      <div className="row" style={{ justifyContent: 'flex-end' }}>
        <Button variant="default" onClick={close}>
          Cancel
        </Button>
        {!standing.refused && (
          <Button type="submit" loading={write.isPending} disabled={!why.trim() || (asks && !despite)}>
            Mark as applied
          </Button>
        )}
      </div>
    </form>
  )
}

/** What the database shows, what contradicts the mark first. */
function Shown({ standing }: { standing: Schemas['Standing'] }) {
  const { refused, problem, against, traces, more } = standing
  if (refused) return <Notice kind="warning">{refused}</Notice>
  if (problem) return <Notice kind="warning">{problem.text}</Notice>
  const fits = shown(traces)
  return (
    <>
      {against.length > 0 && (
        <Notice kind="warning" title="The database doesn’t have all of it">
          <ul>
            {against.map(reason => (
              <li key={reason.text}>{reason.text}.</li>
            ))}
          </ul>
        </Notice>
      )}
      {fits && (
        <Notice kind={against.length > 0 ? 'info' : 'ok'}>
          {fits}
          {more > 0 && ` ${more} more are not listed.`} Only names are compared, not types or rows.
        </Notice>
      )}
      {traces.length === 0 && (
        <Notice kind="info">
          This file makes no table, view, index or column. Check in the database that its change is there.
        </Notice>
      )}
    </>
  )
}
