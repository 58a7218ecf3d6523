import { Button } from '@mantine/core'
import { http, type Schemas, unwrap } from '~/api/client'
import { useWrite } from '~/hooks/use-write'
import { ConfirmButton } from '../ConfirmButton'
import { type Waiting, whatRuns } from './files'

interface StartStageProps {
  rollout: { id: string; projectId: string }
  environmentId: string
  environment: string
  start: Schemas['StageStart']
  waiting: Waiting
}

/** Starts what waits for a person in an environment: what the page shows, and nothing newer. */
export function StartStage({ rollout, environmentId, environment, start, waiting }: StartStageProps) {
  const begin = useWrite({
    changes: { kind: 'task.changed', projectId: rollout.projectId, rolloutId: rollout.id },
    run: () =>
      unwrap(
        http.POST('/api/v1/rollouts/{rollout}/stages/{environment}/start', {
          params: { path: { rollout: rollout.id, environment: environmentId } },
          body: { evidence: start.evidence },
        }),
      ),
    done: () => `Started ${environment}.`,
  })
  const verb = `Start ${environment}`
  if (!start.mayStart)
    return (
      <Button disabled title="Ask a developer, an owner or a DBA of the project.">
        {verb}
      </Button>
    )
  return (
    <ConfirmButton
      title={`${verb}?`}
      verb={verb}
      variant="filled"
      loading={begin.isPending}
      onConfirm={() => begin.mutate()}
    >
      {whatRuns(waiting)} If a newer push changes this first, nothing starts.
    </ConfirmButton>
  )
}
