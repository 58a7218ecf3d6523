import { Button } from '@mantine/core'
import { can } from '~/api/can'
import { http, type Schemas, unwrap } from '~/api/client'
import { useWrite } from '~/hooks/use-write'
import { count, some } from '~/util/str'
import { ConfirmButton } from '../ConfirmButton'

interface StartStageProps {
  rollout: Schemas['Rollout']
  stage: Schemas['Stage']
  start: Schemas['StageStart']
  project: Schemas['Project'] | undefined
}

/** Starts what waits for a person in an environment: what the page shows, and nothing newer. */
export function StartStage({ rollout, stage, start, project }: StartStageProps) {
  const begin = useWrite({
    changes: { kind: 'task.changed', projectId: rollout.projectId, rolloutId: rollout.id },
    run: () =>
      unwrap(
        http.POST('/api/v1/rollouts/{rollout}/stages/{environment}/start', {
          params: { path: { rollout: rollout.id, environment: stage.environmentId } },
          body: { evidence: start.evidence },
        }),
      ),
    done: () => `Started ${stage.environment}.`,
  })
  const verb = `Start ${stage.environment}`
  if (!project || !can(project, 'project.run'))
    return (
      <Button disabled title="Ask a developer, an owner or a DBA of the project.">
        {verb}
      </Button>
    )
  const ids = new Set(start.taskIds)
  const waiting = stage.tasks.filter(task => ids.has(task.id))
  const databases = [...new Set(waiting.map(task => task.database ?? ''))]
  return (
    <ConfirmButton
      title={`${verb}?`}
      verb={verb}
      variant="filled"
      loading={begin.isPending}
      onConfirm={() => begin.mutate()}
    >
      {count(waiting.length, 'task')} {waiting.length === 1 ? 'runs' : 'run'} in {some(databases)}:{' '}
      {some([...new Set(waiting.map(task => task.label))])}. If a newer push changes them first, nothing starts.
    </ConfirmButton>
  )
}
