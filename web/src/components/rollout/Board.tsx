import type { Schemas } from '~/api/client'
import { count } from '~/util/str'
import { StateBadge } from '../StateBadge'
import classes from './Board.module.css'
import { TaskList } from './TaskList'

type Task = Schemas['Task']

/** The stages of a rollout from left to right, and the tasks of each from top to bottom. */
export function Board({ stages }: { stages: Schemas['Stage'][] }) {
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
            <TaskList tasks={stage.tasks} />
          </li>
        )
      })}
    </ol>
  )
}

/** How many tasks of a stage are done, and how many never will be. */
export function stageCount(tasks: Pick<Task, 'state'>[]): string {
  const of = (state: Task['state']) => tasks.filter(task => task.state === state).length
  const rest = (['skipped', 'cancelled'] as const).filter(state => of(state) > 0).map(state => `${of(state)} ${state}`)
  if (rest.length === 0 || of('done') > 0) rest.unshift(`${of('done')} of ${count(tasks.length, 'task')} done`)
  return rest.join(', ')
}
