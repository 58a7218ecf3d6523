import type { Schemas } from '~/api/client'
import { ExactTime, TimeAgo } from '../TimeAgo'
import { Evidence } from './Evidence'
import { sumUp, tasksOf } from './files'
import { GateActions } from './GateActions'
import { Targets } from './Targets'

interface StageGateProps {
  rollout: Schemas['Rollout']
  stage: Schemas['Stage']
  start: Schemas['StageStart']
}

/** What a stage waits for at the gate of its environment: whom, until when, and who has answered. */
export function StageGate({ rollout, stage, start }: StageGateProps) {
  const { environmentId, environment } = stage
  return (
    <section className="panel stack tight" aria-label={`Gate of ${environment}`}>
      <h2>Before {environment} starts</h2>
      <ul className="stack tight" aria-label="Waits for">
        {start.waitsFor.map(reason => (
          <li key={reason.text}>{reason.text}</li>
        ))}
        {start.waitsFor.length === 0 && <li>Nothing more is needed. It starts now.</li>}
      </ul>
      {start.schedule && <Scheduled schedule={start.schedule} />}
      {start.consent.people > 0 && <Answers start={start} />}
      <Strangers start={start} />
      <GateActions
        key={start.evidence}
        rollout={rollout}
        environmentId={environmentId}
        environment={environment}
        start={start}
        waiting={sumUp(tasksOf(stage, start))}
      />
      <Waiting rollout={rollout} stage={stage} start={start} />
    </section>
  )
}

/** What starts in an environment that waits for nothing but a person who presses Start. */
export function Starts(props: StageGateProps) {
  return (
    <section className="panel stack tight" aria-label={`What starts in ${props.stage.environment}`}>
      <h2>What starts in {props.stage.environment}</h2>
      <Waiting {...props} />
    </section>
  )
}

function Waiting({ rollout, stage, start }: StageGateProps) {
  const tasks = tasksOf(stage, start)
  const databases = new Set(tasks.map(task => task.databaseId))
  return (
    <Evidence
      rollout={rollout}
      environmentId={stage.environmentId}
      waiting={sumUp(tasks)}
      targets={<Targets project={rollout.projectId} ids={databases} />}
      open={false}
    />
  )
}

/** When somebody wants it to start, and why it does not. */
function Scheduled({ schedule }: { schedule: Schemas['StageSchedule'] }) {
  return (
    <p>
      <strong>{schedule.name || 'A former member'}</strong> scheduled the start for <ExactTime at={schedule.at} />.
      {!schedule.counts && (
        <span className="muted">
          {' '}
          It does not start: {schedule.moved.map(reason => reason.text).join(' ') || 'that time has passed.'} Schedule
          it again.
        </span>
      )}
    </p>
  )
}

/** Who has approved or refused, and what has moved since. */
export function Answers({ start }: { start: Schemas['StageStart'] }) {
  if (start.answers.length === 0) return <p className="muted">Nobody has answered yet.</p>
  return (
    <ul className="plain stack tight" aria-label="Answers">
      {start.answers.map(answer => (
        <li key={answer.memberId + answer.at}>
          <strong>{answer.name}</strong> {answer.refused ? 'refused' : 'approved'} <TimeAgo at={answer.at} />
          {answer.token && <> by the API token {answer.token}</>}
          {answer.pullRequest && <> by pull request {answer.pullRequest}</>}
          {answer.why && <>: {answer.why}</>}
          <div className="muted small">
            {answer.counts ? (
              <>
                Counts until <ExactTime at={answer.until} />.
              </>
            ) : (
              <>Does not count. {answer.moved.map(reason => reason.text).join(' ')}</>
            )}
          </div>
        </li>
      ))}
    </ul>
  )
}

/** Whose changes nobody in the workspace is known to have made, and whose approvals elsewhere do not count. */
export function Strangers({ start }: { start: Schemas['StageStart'] }) {
  return [...start.pullDoubts, ...start.strangers].map(reason => (
    <p key={reason.text} className="muted small">
      {reason.text}
    </p>
  ))
}
