import type { Schemas } from '~/api/client'
import { useChanged } from '~/hooks/use-changed'
import { useClock } from '~/hooks/use-clock'
import { between, duration } from '~/util/date'
import { pb } from '~/util/path-builder'
import { count } from '~/util/str'
import { Link } from '../Link'
import { StateBadge } from '../StateBadge'
import classes from './Board.module.css'

type Task = Schemas['Task']

interface BoardProps {
  stages: Schemas['Stage'][]
  /** Names of databases by their ids. */
  names: Map<string, string>
}

/** The stages of a rollout from left to right, and the tasks of each from top to bottom. */
export function Board({ stages, names }: BoardProps) {
  return (
    <ol className={classes.board} aria-label="Stages">
      {stages.map((stage, index) => {
        const waits = stage.state === 'pending' && index > 0 ? stages[index - 1]?.environment : undefined
        return (
          <li
            key={stage.environmentId}
            className={classes.stage}
            aria-label={`Stage ${stage.environment || 'removed'}`}
          >
            <div className={classes.head}>
              <h2>{stage.environment || 'Removed environment'}</h2>
              <StateBadge state={stage.state} detail={waits ? `after ${waits}` : undefined} />
              <span className="muted small">{stageCount(stage.tasks)}</span>
            </div>
            <ul className={classes.tasks}>
              {stage.tasks.map(task => (
                <TaskRow key={task.id} task={task} database={names.get(task.databaseId) ?? ''} />
              ))}
            </ul>
          </li>
        )
      })}
    </ol>
  )
}

function TaskRow({ task, database }: { task: Task; database: string }) {
  const changed = useChanged(task.state)
  return (
    <li className={changed ? 'glow' : undefined}>
      <Link to={pb.task(task.rolloutId, task.id)} className={classes.task}>
        <span className={classes.name}>
          <span className="mono">{task.label}</span> {task.description || task.type}
        </span>
        <StateBadge state={shownState(task)} detail={taskDetail(task)} />
        <span className="muted small">{database}</span>
        <span className="muted small">
          <Took task={task} />
        </span>
        {task.reason && <span className={classes.reason}>{task.reason.text}</span>}
        {task.error && task.error.text !== task.reason?.text && (
          <span className={classes.reason}>The last attempt failed: {task.error.text}</span>
        )}
      </Link>
    </li>
  )
}

/** How many tasks of a stage are done, and how many never will be. */
export function stageCount(tasks: Pick<Task, 'state'>[]): string {
  const of = (state: Task['state']) => tasks.filter(task => task.state === state).length
  const rest = (['skipped', 'cancelled'] as const).filter(state => of(state) > 0).map(state => `${of(state)} ${state}`)
  if (rest.length === 0 || of('done') > 0) rest.unshift(`${of('done')} of ${count(tasks.length, 'task')} done`)
  return rest.join(', ')
}

/** The state to show: what a person has marked as applied was recorded, and did not run. */
export const shownState = ({ state, mark }: Pick<Task, 'state' | 'mark'>) =>
  state === 'done' && mark ? 'recorded' : state

/** Details of a task's state: its progress, or what it does. */
export function taskDetail(
  task: Pick<Task, 'state' | 'total' | 'finished' | 'action' | 'cancelAt' | 'mark'>,
): string | undefined {
  if (task.mark && task.state === 'done') return undefined
  if (task.state === 'running' && task.cancelAt) return 'Cancelling…'
  if (task.state === 'running' && task.total > 0)
    return `statement ${Math.min(task.finished + 1, task.total)} of ${task.total}`
  if (task.action === 'record' && task.state === 'done') return 'recorded only'
  if (task.action === 'record') return 'records only'
  return undefined
}

/** The duration of a task or an attempt, until now while it runs; "" when there is none. */
export function tookSoFar(task: TookProps['task'], now: Date): string {
  const waits = task.state === 'pending' || task.state === 'held' // what is known is of an earlier attempt
  if (!task.startedAt || waits || (task.state !== 'running' && !task.finishedAt)) return ''
  return duration(between(task.startedAt, task.finishedAt, now))
}

interface TookProps {
  task: { startedAt?: string; finishedAt?: string; state: string }
  /** Continues a sentence: ", took 3 s", or ", for 3 s so far". */
  inWords?: boolean
}

/** The duration of a task, until now while it runs. */
export function Took({ task, inWords }: TookProps) {
  const long = useClock(now => tookSoFar(task, now))
  if (!long) return null
  if (!inWords) return <>{long}</>
  return <>{task.finishedAt ? `, took ${long}` : `, for ${long} so far`}</>
}
