import { Button, Modal, NumberInput } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useState } from 'react'
import { can } from '~/api/can'
import { http, type Schemas, unwrap } from '~/api/client'
import { remedyOf } from '~/components/rollout/remedy'
import { useWrite } from '~/hooks/use-write'
import { ConfirmButton } from '../ConfirmButton'
import { SkipButton } from '../SkipButton'
import { MarkButton } from './MarkButton'

interface Resolution {
  outcome: 'applied' | 'not-applied' | 'continue-after'
  statements?: number
}

type Task = Pick<
  Schemas['Task'],
  'id' | 'rolloutId' | 'projectId' | 'state' | 'action' | 'label' | 'reason' | 'cancelAt'
>

const skippable: Task['state'][] = ['pending', 'held', 'failed', 'unknown']

/** Whether a person may say that the database has it already. */
const mayMark = ({ action, state }: Task) => action === 'apply' && (state === 'held' || state === 'failed')

/** The actions for a task in its current state that the reader may use. */
export function TaskActions({ task, project }: { task: Task; project: Schemas['Project'] }) {
  const params = { path: { rollout: task.rolloutId, task: task.id } }
  const changes = { kind: 'task.changed', projectId: project.id, rolloutId: task.rolloutId } as const
  const retry = useWrite({
    changes,
    run: () => unwrap(http.POST('/api/v1/rollouts/{rollout}/tasks/{task}/retry', { params })),
    done: () => 'Retrying.',
  })
  const release = useWrite({
    changes,
    run: () => unwrap(http.POST('/api/v1/rollouts/{rollout}/tasks/{task}/release', { params })),
    done: () => 'Released. It runs when its turn comes.',
  })
  const resolve = useWrite({
    changes,
    run: (body: Resolution) => unwrap(http.POST('/api/v1/rollouts/{rollout}/tasks/{task}/resolve', { params, body })),
    done: (_, { outcome }) => (outcome === 'applied' ? 'Recorded as applied.' : 'Retrying.'),
  })
  const cancel = useWrite({
    changes,
    run: () => unwrap(http.POST('/api/v1/rollouts/{rollout}/tasks/{task}/cancel', { params })),
  })
  const run = can(project, 'project.run')
  return (
    <>
      {run && skippable.includes(task.state) && (
        <SkipButton
          what={task.label}
          skip={reason =>
            unwrap(http.POST('/api/v1/rollouts/{rollout}/tasks/{task}/skip', { params, body: { reason } }))
          }
        />
      )}
      {mayMark(task) && can(project, 'project.resolve') && <MarkButton task={task} />}
      {run && task.state === 'running' && (
        <CancelButton
          label={task.label}
          cancelling={Boolean(task.cancelAt) || cancel.isPending}
          onConfirm={() => cancel.mutate()}
        />
      )}
      {task.state === 'failed' && (
        <Button
          variant={remedyOf(task.reason) === 'retry' ? 'filled' : 'default'}
          disabled={!run}
          title={run ? undefined : 'Ask a project owner or a DBA.'}
          loading={retry.isPending}
          onClick={() => retry.mutate()}
        >
          Retry
        </Button>
      )}
      {task.state === 'held' && task.reason?.code !== 'manual-start' && run && (
        <ConfirmButton
          title={`Release ${task.label}?`}
          verb="Release"
          variant="filled"
          onConfirm={() => release.mutate()}
        >
          {task.reason?.text} It then runs in its turn.
        </ConfirmButton>
      )}
      {task.state === 'unknown' && can(project, 'project.resolve') && (
        <>
          <ConfirmButton
            title={`Run ${task.label} again?`}
            verb="Run it again"
            onConfirm={() => resolve.mutate({ outcome: 'not-applied' })}
          >
            Check the database first. It continues with the statement in doubt. If the file was changed before that
            statement, it runs from the start.
          </ConfirmButton>
          <ContinueButton
            label={task.label}
            pending={resolve.isPending}
            onConfirm={statements => resolve.mutate({ outcome: 'continue-after', statements })}
          />
          <ConfirmButton
            title={`Was ${task.label} applied?`}
            verb="It was applied"
            onConfirm={() => resolve.mutate({ outcome: 'applied' })}
          >
            Check the database first. All of {task.label} is then recorded as applied, and nothing of it runs again.
          </ConfirmButton>
        </>
      )}
    </>
  )
}

interface ContinueButtonProps {
  label: string
  pending: boolean
  onConfirm: (statements: number) => void
}

function ContinueButton({ label, pending, onConfirm }: ContinueButtonProps) {
  const [opened, { open, close }] = useDisclosure()
  const [statements, setStatements] = useState<number | string>('')
  const valid = typeof statements === 'number' && Number.isInteger(statements) && statements > 0
  return (
    <>
      <Button variant="default" onClick={open}>
        Continue after…
      </Button>
      <Modal
        opened={opened}
        onClose={close}
        title={`Continue ${label} after a statement?`}
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        <form
          className="stack"
          onSubmit={event => {
            event.preventDefault()
            if (valid) {
              onConfirm(statements)
              close()
            }
          }}
        >
          <p>Check the database first. The statements that you count here do not run again; later ones do.</p>
          <NumberInput
            label="Statements in the database"
            description="Counted from the start of the file as it is on the branch."
            min={1}
            allowDecimal={false}
            data-autofocus
            value={statements}
            onChange={setStatements}
          />
          <div className="row" style={{ justifyContent: 'flex-end' }}>
            <Button variant="default" onClick={close}>
              Cancel
            </Button>
            <Button type="submit" loading={pending} disabled={!valid}>
              Continue
            </Button>
          </div>
        </form>
      </Modal>
    </>
  )
}

interface CancelButtonProps {
  label: string
  /** A cancel was requested, and the task has not finished yet. */
  cancelling: boolean
  onConfirm: () => void
}

function CancelButton({ label, cancelling, onConfirm }: CancelButtonProps) {
  if (cancelling) {
    return (
      <Button variant="default" disabled title="Towpath has asked it to stop.">
        Cancelling…
      </Button>
    )
  }
  return (
    <ConfirmButton
      title={`Cancel ${label} in this database?`}
      verb="Cancel"
      back="Let it run"
      danger
      onConfirm={onConfirm}
    >
      <div className="stack tight">
        <p>Its statement is stopped on the database server. You can retry or skip the task afterwards.</p>
        <p>
          The state then follows from what the database shows: failed, done if the statement finished first, or unknown
          if neither can be confirmed.
        </p>
        <p>
          A file that runs in one transaction leaves nothing behind. Where statements commit one by one, those that are
          through stay, and the task says how many.
        </p>
      </div>
    </ConfirmButton>
  )
}
