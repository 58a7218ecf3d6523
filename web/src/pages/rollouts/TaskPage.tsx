import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import type { Schemas } from '~/api/client'
import { byFile, type FileFindings, marksOf, rolloutReviewQuery, saysSomething } from '~/api/findings'
import { linkQuery } from '~/api/gitops-queries'
import { unlessRefused } from '~/api/polling'
import { databaseQuery, environmentsQuery, projectQuery, rolloutQuery, taskQuery } from '~/api/queries'
import { Commit } from '~/components/Commit'
import { FilterChips } from '~/components/FilterChips'
import { Link } from '~/components/Link'
import { Loaded } from '~/components/Loaded'
import { Marked } from '~/components/Marked'
import { Page } from '~/components/Page'
import { FindingList } from '~/components/review/FilePanel'
import { Forecast } from '~/components/rollout/Forecast'
import { remedyOf } from '~/components/rollout/remedy'
import { StatementTable } from '~/components/rollout/StatementTable'
import { TaskActions } from '~/components/rollout/TaskActions'
import { TaskReason } from '~/components/rollout/TaskReason'
import { shownState, Took, taskDetail } from '~/components/rollout/Took'
import { SqlBlock } from '~/components/SqlBlock'
import { StateBadge } from '~/components/StateBadge'
import { TimeAgo } from '~/components/TimeAgo'
import { useParam } from '~/hooks/use-params'
import { Notice } from '~/ui/Notice'
import { pb } from '~/util/path-builder'
import { variablesText } from '~/util/variables'

/**
 * One migration in one database: its SQL, the results of its statements, and the actions for it.
 */
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
  const reasonSays = task.state === 'unknown' && attempt?.id === attempts.at(-1)?.id
  const review = useQuery({ ...rolloutReviewQuery(task.rolloutId), enabled: rollout.data?.review !== undefined })
  const found = useMemo(() => findingsOf(review.data, task), [review.data, task])
  const marks = useMemo(() => found && marksOf(found), [found])
  const commitUrl = rollout.data?.commit === task.commit ? rollout.data.commitUrl : undefined
  return (
    <Page
      title={title}
      crumbs={[
        { label: project.data?.name ?? 'Project', to: pb.project(task.projectId) },
        { label: rollout.data?.message || 'Rollout', to: pb.rollout(task.rolloutId) },
      ]}
      beside={<StateBadge state={shownState(task)} detail={taskDetail(task)} />}
      action={project.data && <TaskActions task={task} project={project.data} />}
    >
      <TaskReason task={task} told={attempt?.message} />
      {attempt?.message && !reasonSays && (
        <Notice kind="error" title={attempt.line ? `Line ${attempt.line}, column ${attempt.column ?? 1}` : undefined}>
          <span style={{ whiteSpace: 'pre-wrap' }}>{attempt.message.text}</span>
        </Notice>
      )}
      {task.state === 'failed' && <Remedies task={task} link={rollout.data?.linkId} />}
      <dl className="facts">
        <dt>Database</dt>
        <dd>
          <Link to={pb.database(task.databaseId)}>{database.data?.name ?? '…'}</Link> in{' '}
          {environments.data?.find(one => one.id === task.environmentId)?.name ?? 'a removed environment'}
        </dd>
        <dt>Action</dt>
        <dd>{task.action === 'record' ? 'Record in the ledger without running' : `Run (${task.type})`}</dd>
        <Marked mark={task.mark} />
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
          line={attempt?.message && attempt.line}
          marks={marks}
          undoes={task.type === 'undo'}
        />
      )}
      {found && saysSomething(found) && (
        <section className="stack tight" aria-labelledby="review">
          <h2 id="review">SQL review</h2>
          <FindingList file={found} />
        </section>
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
          {attempt.inDatabase && <p>{attempt.inDatabase}</p>}
          {attempt.variables && (
            <p>
              Variables: <span className="mono">{variablesText(attempt.variables)}</span>
            </p>
          )}
          {task.rehearsed && <Forecast rehearsed={task.rehearsed} />}
          <StatementTable
            rollout={task.rolloutId}
            task={task.id}
            attempt={attempt.id}
            live={attempt.state === 'running'}
            said={attempt.message?.text ?? ''}
            rehearsed={task.rehearsed?.file}
          />
        </section>
      )}
    </Page>
  )
}

/** What the review says of the task's text in its environment. */
function findingsOf(
  review: Schemas['Review'] | undefined,
  { path, checksum, environmentId }: Schemas['TaskDetail'],
): FileFindings | undefined {
  const files = review?.files.filter(
    file => file.path === path && file.checksum === checksum && file.environmentId === environmentId,
  )
  return files && byFile(files)[0]
}

/** What helps after a failure, the likeliest first. */
function Remedies({ task, link }: { task: Schemas['TaskDetail']; link: string | undefined }) {
  const status = useQuery({ ...linkQuery(link ?? ''), enabled: link !== undefined }).data
  if (task.reason?.code === 'not-marked') return null
  if (remedyOf(task.reason) === 'retry') {
    return <p>Fix the cause, then retry. If the file itself must change, push a corrected one instead.</p>
  }
  return (
    <Notice
      kind="info"
      title="Push a corrected file"
      action={
        status && (
          <Button component="a" href={status.repositoryUrl} target="_blank" rel="noreferrer" size="xs">
            Open {status.repositoryName}
          </Button>
        )
      }
    >
      Fix <span className="mono">{task.path}</span>
      {status && (
        <>
          {' '}
          on <span className="mono">{status.branch}</span>
        </>
      )}{' '}
      and push: the new text replaces this one. Retry only if the database was the cause, and skip the file if it isn’t
      needed here. If the database has the change already, mark it as applied.
    </Notice>
  )
}
