import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Schemas } from '~/api/client'
import { unlessRefused } from '~/api/polling'
import { databaseQuery, environmentsQuery, projectQuery, rolloutQuery, taskQuery } from '~/api/queries'
import { Commit } from '~/components/Commit'
import { FilterChips } from '~/components/FilterChips'
import { Link } from '~/components/Link'
import { Loaded } from '~/components/Loaded'
import { Page } from '~/components/Page'
import { Took, taskDetail } from '~/components/rollout/Board'
import { StatementTable } from '~/components/rollout/StatementTable'
import { TaskActions } from '~/components/rollout/TaskActions'
import { TaskReason } from '~/components/rollout/TaskReason'
import { SqlBlock } from '~/components/SqlBlock'
import { StateBadge } from '~/components/StateBadge'
import { TimeAgo } from '~/components/TimeAgo'
import { useParam } from '~/hooks/use-params'
import { Notice } from '~/ui/Notice'
import { pb } from '~/util/path-builder'

/** One migration in one database: its SQL, what its statements did, and what may be done about it. */
export default function TaskPage() {
  const rollout = useParam('rollout')
  const id = useParam('task')
  const task = useQuery({
    ...taskQuery(rollout, id),
    refetchInterval: ({ state: { data, error } }) =>
      unlessRefused(error, data?.state === 'running' || data?.state === 'pending' ? 5000 : 30_000),
  })
  return <Loaded query={task}>{data => <Details task={data} />}</Loaded>
}

function Details({ task }: { task: Schemas['TaskDetail'] }) {
  const { attempts, sql } = task
  const rollout = useQuery(rolloutQuery(task.rolloutId))
  const project = useQuery(projectQuery(task.projectId))
  const database = useQuery(databaseQuery(task.databaseId))
  const environments = useQuery(environmentsQuery)
  const [chosen, setChosen] = useState('')
  const attempt = attempts.find(one => one.id === chosen) ?? attempts.at(-1)
  const title = `${task.label} ${task.description}`.trim()
  const commitUrl = rollout.data?.commit === task.commit ? rollout.data.commitUrl : undefined
  return (
    <Page
      title={title}
      crumbs={[
        { label: project.data?.name ?? 'Project', to: pb.project(task.projectId) },
        { label: rollout.data?.message || 'Rollout', to: pb.rollout(task.rolloutId) },
      ]}
      beside={<StateBadge state={task.state} detail={taskDetail(task)} />}
      action={project.data && <TaskActions task={task} project={project.data} />}
    >
      <TaskReason task={task} told={attempt?.message} />
      {task.state === 'failed' && (
        <p>
          Push a corrected file to go on. If the database was the cause, retry; if this file is not needed, skip it.
        </p>
      )}
      <dl className="facts">
        <dt>Database</dt>
        <dd>
          <Link to={pb.database(task.databaseId)}>{database.data?.name ?? '…'}</Link> in{' '}
          {environments.data?.find(one => one.id === task.environmentId)?.name ?? 'a removed environment'}
        </dd>
        <dt>Action</dt>
        <dd>{task.action === 'record' ? 'Record in the ledger without running' : `Run (${task.type})`}</dd>
        <dt>Commit</dt>
        <dd>
          <Commit hash={task.commit} url={commitUrl} /> {rollout.data?.author}
        </dd>
        <dt>Started</dt>
        <dd>
          <TimeAgo at={task.startedAt} none="not yet" />
          <Took task={task} inWords />
        </dd>
      </dl>
      {sql && (
        <SqlBlock
          label={task.path}
          sql={sql}
          mark={
            attempt?.line && attempt.message
              ? { line: attempt.line, column: attempt.column ?? 1, message: attempt.message.text }
              : undefined
          }
        />
      )}
      {task.covers && task.covers.length > 0 && (
        <section className="stack tight">
          <h2>Records</h2>
          <ul className="mono" style={{ paddingLeft: 20 }}>
            {task.covers.map(one => (
              <li key={one.path}>{one.path}</li>
            ))}
          </ul>
        </section>
      )}
      {attempt && (
        <section className="stack tight">
          <h2>Statement log</h2>
          {attempts.length > 1 && (
            <FilterChips
              label="Attempt"
              options={attempts.map(one => [one.id, `Attempt ${one.number}`] as const)}
              value={attempt.id}
              onChange={setChosen}
            />
          )}
          <div className="row wrap">
            <StateBadge state={attempt.state} />
            <span className="muted">
              <TimeAgo at={attempt.startedAt} />
              <Took task={attempt} inWords />
            </span>
          </div>
          {attempt.message && !(task.state === 'unknown' && attempt.id === attempts.at(-1)?.id) && (
            <Notice
              kind="error"
              title={attempt.line ? `Line ${attempt.line}, column ${attempt.column ?? 1}` : undefined}
            >
              <span style={{ whiteSpace: 'pre-wrap' }}>{attempt.message.text}</span>
            </Notice>
          )}
          {attempt.inDatabase && <p>{attempt.inDatabase}</p>}
          <StatementTable
            rollout={task.rolloutId}
            task={task.id}
            attempt={attempt.id}
            live={attempt.state === 'running'}
          />
        </section>
      )}
    </Page>
  )
}
