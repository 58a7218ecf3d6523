import { useState } from 'react'
import { can } from '~/api/can'
import { http, type Schemas, unwrap } from '~/api/client'
import { useWrite } from '~/hooks/use-write'
import { type Outcome, withEach } from '~/util/several'
import { some } from '~/util/str'
import { ConfirmButton } from '../ConfirmButton'
import { Outcomes } from '../Outcomes'
import { WhyButton } from '../WhyButton'

type Task = Schemas['Task']

interface SeveralTasksProps {
  rollout: Schemas['RolloutDetail']
  project: Schemas['Project'] | undefined
}

const nameOf = (task: Task) => `${task.label} in ${task.environment ?? ''}/${task.database ?? ''}`

/** Retries, skips or marks all failed tasks of a rollout at once. */
export function SeveralTasks({ rollout, project }: SeveralTasksProps) {
  const [result, setResult] = useState<{ did: string; outcomes: Outcome<Task>[] }>()
  const failed = rollout.stages.flatMap(stage => stage.tasks).filter(task => task.state === 'failed')
  const path = (task: Task) => ({ path: { rollout: task.rolloutId, task: task.id } })
  const retry = useWrite({
    changes: { kind: 'task.changed', projectId: rollout.projectId, rolloutId: rollout.id },
    run: () =>
      withEach(failed, task =>
        unwrap(http.POST('/api/v1/rollouts/{rollout}/tasks/{task}/retry', { params: path(task) })),
      ),
    after: outcomes => setResult({ did: 'Retried', outcomes }),
  })
  const skip = async (reason: string) => {
    const outcomes = await withEach(failed, task =>
      unwrap(http.POST('/api/v1/rollouts/{rollout}/tasks/{task}/skip', { params: path(task), body: { reason } })),
    )
    setResult({ did: 'Skipped', outcomes })
  }
  const mark = async (why: string) => {
    const outcomes = await withEach(failed, task =>
      unwrap(http.POST('/api/v1/rollouts/{rollout}/tasks/{task}/mark', { params: path(task), body: { why } })),
    )
    setResult({ did: 'Marked', outcomes })
  }
  const offered = failed.length > 1 && project && can(project, 'project.run')
  if (!offered && !result) return null
  return (
    <section className="stack tight" aria-label="Failed tasks">
      {result && <Outcomes {...result} name={nameOf} />}
      {offered && (
        <div className="row wrap">
          <ConfirmButton
            title={`Retry ${failed.length} failed tasks?`}
            verb={`Retry ${failed.length} failed tasks`}
            loading={retry.isPending}
            onConfirm={() => retry.mutate()}
          >
            {some(failed.map(nameOf), 20)}. Each runs with the current text of the branch.
          </ConfirmButton>
          <WhyButton
            verb={`Skip ${failed.length} failed tasks`}
            label={`Skip ${failed.length} failed tasks…`}
            title={`Skip ${failed.length} failed tasks?`}
            shown="Shown to everyone who opens one of these tasks."
            run={skip}
            done={() => 'Each task shows the result.'}
          >
            {some(failed.map(nameOf), 20)}. They do not run there, and later migrations run without them.
          </WhyButton>
          {can(project, 'project.resolve') && (
            <WhyButton
              verb={`Mark ${failed.length} failed tasks as applied`}
              label={`Mark ${failed.length} failed tasks as applied…`}
              title={`Do the databases have all ${failed.length} already?`}
              asks="How did they get it?"
              shown="Kept in the ledgers of the databases and in the audit log."
              run={mark}
              done={() => 'Each task shows the result.'}
            >
              {failed.map(nameOf).join(', ')}. They are recorded and do not run. One that its database contradicts stays
              failed: open it to see why.
            </WhyButton>
          )}
        </div>
      )}
    </section>
  )
}
