import { Button } from '@mantine/core'
import { http, type Schemas, unwrap } from '~/api/client'
import { useWrite } from '~/hooks/use-write'
import { WhyButton } from '../WhyButton'
import type { Waiting } from './files'
import { ScheduleButton } from './ScheduleButton'
import { StartStage } from './StartStage'

interface GateActionsProps {
  rollout: { id: string; projectId: string }
  environmentId: string
  environment: string
  start: Schemas['StageStart']
  waiting: Waiting
}

/** What the member can do at a gate. Each act is about what the page shows, and nothing newer. */
export function GateActions({ rollout, environmentId, environment, start, waiting }: GateActionsProps) {
  const params = { path: { rollout: rollout.id, environment: environmentId } }
  const changes = { kind: 'approval.changed', projectId: rollout.projectId, rolloutId: rollout.id } as const
  const { evidence } = start
  const approve = useWrite({
    changes,
    run: () =>
      unwrap(http.POST('/api/v1/rollouts/{rollout}/stages/{environment}/approvals', { params, body: { evidence } })),
    done: () => `Approved the changes of ${environment}.`,
  })
  const withdraw = useWrite({
    changes,
    run: () => unwrap(http.DELETE('/api/v1/rollouts/{rollout}/stages/{environment}/approvals', { params })),
    done: () => 'Withdrew your answer.',
  })
  const unschedule = useWrite({
    changes,
    run: () => unwrap(http.DELETE('/api/v1/rollouts/{rollout}/stages/{environment}/schedule', { params })),
    done: () => 'Removed the schedule.',
  })
  return (
    <div className="row wrap">
      {start.mayAnswer && (
        <Button loading={approve.isPending} onClick={() => approve.mutate()}>
          Approve
        </Button>
      )}
      {start.mayStart && <StartStage {...{ rollout, environmentId, environment, start, waiting }} />}
      {start.maySchedule && <ScheduleButton {...{ rollout, environmentId, environment, start }} />}
      {start.schedule && start.maySchedule && (
        <Button variant="default" loading={unschedule.isPending} onClick={() => unschedule.mutate()}>
          Remove the schedule
        </Button>
      )}
      {start.mayRefuse && (
        <WhyButton
          verb="Refuse"
          label="Refuse…"
          title={`Refuse the changes of ${environment}?`}
          shown="Shown on this page and on the commit."
          run={why =>
            unwrap(
              http.POST('/api/v1/rollouts/{rollout}/stages/{environment}/approvals', {
                params,
                body: { evidence, refused: true, why },
              }),
            )
          }
          done={() => `Refused the changes of ${environment}.`}
        >
          They do not start until you withdraw this, or until a push changes them.
        </WhyButton>
      )}
      {start.answers.some(answer => answer.yours) && (
        <Button variant="default" loading={withdraw.isPending} onClick={() => withdraw.mutate()}>
          Withdraw my answer
        </Button>
      )}
      {start.mayBreak && (
        <WhyButton
          verb="Start past the gate"
          label="Start past the gate…"
          title={`Start ${environment} past its gate?`}
          shown="It stays on this page, on the commit and in the audit log."
          run={why =>
            unwrap(
              http.POST('/api/v1/rollouts/{rollout}/stages/{environment}/break-glass', {
                params,
                body: { evidence, why },
              }),
            )
          }
          done={() => `Started ${environment} past its gate.`}
        >
          The changes start now, without the consent and outside of the windows that {environment} asks for.
        </WhyButton>
      )}
    </div>
  )
}
