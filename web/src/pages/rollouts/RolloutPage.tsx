import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Fragment } from 'react'
import { can } from '~/api/can'
import type { Schemas } from '~/api/client'
import { unlessRefused } from '~/api/polling'
import { projectQuery, receiptFile, rolloutQuery, sessionQuery } from '~/api/queries'
import { Commit } from '~/components/Commit'
import { Link } from '~/components/Link'
import { LinkButton } from '~/components/LinkButton'
import { Loaded } from '~/components/Loaded'
import { Page } from '~/components/Page'
import { PauseButton, PauseNotice } from '~/components/Pauses'
import { ReviewCounts } from '~/components/review/ReviewCounts'
import { Board } from '~/components/rollout/Board'
import { sumUp, tasksOf } from '~/components/rollout/files'
import { PastGate } from '~/components/rollout/PastGate'
import { isMoving, RolloutBadge } from '~/components/rollout/RolloutList'
import { RolloutReview } from '~/components/rollout/RolloutReview'
import { ScheduleButton } from '~/components/rollout/ScheduleButton'
import { SeveralTasks } from '~/components/rollout/SeveralTasks'
import { StageGate, Starts } from '~/components/rollout/StageGate'
import { StartStage } from '~/components/rollout/StartStage'
import { TimeAgo } from '~/components/TimeAgo'
import { useClock } from '~/hooks/use-clock'
import { useParam } from '~/hooks/use-params'
import { EmptyState } from '~/ui/EmptyState'
import { Notice } from '~/ui/Notice'
import { between, duration } from '~/util/date'
import { pb } from '~/util/path-builder'

/** One rollout by stages, live. */
export default function RolloutPage() {
  const id = useParam('rollout')
  const rollout = useQuery({
    ...rolloutQuery(id),
    refetchInterval: ({ state: { data, error } }) => unlessRefused(error, data && isMoving(data) ? 5000 : 30_000),
  })
  return <Loaded query={rollout}>{data => <Details rollout={data} />}</Loaded>
}

function Details({ rollout }: { rollout: Schemas['RolloutDetail'] }) {
  const project = useQuery(projectQuery(rollout.projectId))
  const manages = can(useQuery(sessionQuery).data, 'instances.manage')
  const sofar = useClock(now => duration(between(rollout.createdAt, undefined, now)))
  const runs = can(project.data, 'project.run')
  const mayPause = runs && !rollout.finishedAt && !rollout.pauses.some(pause => pause.scope === 'rollout')
  return (
    <Page
      title={rollout.message || 'Rollout'}
      crumbs={[
        { label: project.data?.name ?? 'Project', to: pb.project(rollout.projectId) },
        { label: 'Rollouts', to: pb.projectRollouts(rollout.projectId) },
      ]}
      beside={<RolloutBadge rollout={{ ...rollout, paused: rollout.pauses.length > 0 }} />}
      action={
        <>
          {mayPause && <PauseButton of={{ scope: 'rollout', id: rollout.id, what: 'this rollout' }} />}
          <NextStep rollout={rollout} />
          {rollout.finishedAt && (
            <Button component="a" href={receiptFile(rollout.id)} download variant="default">
              Download receipt
            </Button>
          )}
        </>
      }
    >
      {rollout.pauses.map(
        pause =>
          pause.scope !== 'all' && (
            <PauseNotice key={pause.at} pause={pause} mayResume={pause.scope === 'rollout' ? runs : manages} />
          ),
      )}
      <div className="row wrap muted" style={{ gap: 16 }}>
        <span>
          Commit <Commit hash={rollout.commit} url={rollout.commitUrl} />
        </span>
        {rollout.author && <span>by {rollout.author}</span>}
        <span>
          started <TimeAgo at={rollout.createdAt} />
        </span>
        {isMoving(rollout) ? <span>for {sofar}</span> : <Span stages={rollout.stages} />}
        <Link to={pb.link(rollout.projectId, rollout.linkId)}>Repository</Link>
        {rollout.review && (
          <span className="row">
            SQL review: <ReviewCounts review={rollout.review} none="no errors, no warnings" />
          </span>
        )}
        {rollout.supersededBy && (
          <span>
            its open tasks moved to <Link to={pb.rollout(rollout.supersededBy)}>a newer rollout</Link>
          </span>
        )}
      </div>
      {rollout.stages.length === 0 ? (
        <EmptyState icon="rollout">This rollout has no tasks: everything was already applied.</EmptyState>
      ) : (
        <Board stages={rollout.stages} />
      )}
      <SeveralTasks rollout={rollout} project={project.data} />
      <Gates rollout={rollout} />
      {rollout.review && <RolloutReview rollout={rollout} />}
    </Page>
  )
}

/** Whether a stage waits for nothing but a person who presses Start. */
const isPlain = (start: Schemas['StageStart']) =>
  start.consent.people === 0 && !start.schedule && start.waitsFor.every(reason => reason.code === 'manual-start')

/** What stages wait for, and who has started one past its gate. */
function Gates({ rollout }: { rollout: Schemas['RolloutDetail'] }) {
  const named = new Map(rollout.stages.map(stage => [stage.environmentId, stage.environment]))
  const looks = rollout.secondLooks.map(look => (
    <PastGate key={look.id} rollout={rollout} environment={named.get(look.environmentId) ?? ''} look={look} />
  ))
  const gates = rollout.stages.map(stage => (
    <Fragment key={stage.environmentId}>
      {stage.started.map(
        one =>
          one.glass &&
          !rollout.secondLooks.some(look => look.id === one.id) && (
            <Notice key={one.at} kind="warning" title={`${one.name} started ${stage.environment} past its gate`}>
              {one.glass}
            </Notice>
          ),
      )}
      {stage.waitsFor.map(reason => (
        <Notice key={reason.text} kind="info" title={`${stage.environment} was started and waits`}>
          {reason.text}
        </Notice>
      ))}
      {stage.start && isPlain(stage.start) && <Starts rollout={rollout} stage={stage} start={stage.start} />}
      {stage.start && !isPlain(stage.start) && <StageGate rollout={rollout} stage={stage} start={stage.start} />}
    </Fragment>
  ))
  return [...looks, ...gates]
}

/** The tasks that wait for a person, the most urgent first, and the button that leads to one. */
const steps = [
  ['failed', 'Open the failed task'],
  ['unknown', 'Check the unknown task'],
  ['held', 'Open the held task'],
] as const

/** Whether only the gate of its environment holds a task. */
const atGate = (task: Schemas['Task']) => task.reason?.code === 'manual-start' || task.reason?.code === 'gate'

/** Leads to the first task that a person must look at, or starts an environment that waits for it. */
function NextStep({ rollout }: { rollout: Schemas['RolloutDetail'] }) {
  const tasks = rollout.stages.flatMap(stage => stage.tasks)
  for (const [state, words] of steps) {
    const stage = state === 'held' ? rollout.stages.find(one => one.start?.ready && isPlain(one.start)) : undefined
    if (stage?.start) {
      // another evidence closes the dialog, whose text would no longer be what is started
      const { start } = stage
      const { environmentId, environment } = stage
      return (
        <>
          {start.maySchedule && <ScheduleButton {...{ rollout, environmentId, environment, start }} />}
          <StartStage
            key={start.evidence}
            {...{ rollout, environmentId, environment, start, waiting: sumUp(tasksOf(stage, start)) }}
          />
        </>
      )
    }
    const task = tasks.find(one => one.state === state && !atGate(one))
    if (task) return <LinkButton to={pb.task(task.rolloutId, task.id)}>{words}</LinkButton>
  }
  return null
}

/** From the start of the first attempt to the end of the last one; nothing if nothing has run. */
function Span({ stages }: { stages: Schemas['Stage'][] }) {
  const ran = stages.flatMap(stage => stage.tasks).filter(task => task.startedAt && task.finishedAt)
  const first = ran.map(task => task.startedAt ?? '').sort()[0]
  const last = ran
    .map(task => task.finishedAt ?? '')
    .sort()
    .at(-1)
  return first && last ? <span>took {duration(between(first, last, new Date()))}</span> : null
}
