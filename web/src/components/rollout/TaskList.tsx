import { useState } from 'react'
import type { Schemas } from '~/api/client'
import { useChanged } from '~/hooks/use-changed'
import { Icon } from '~/ui/Icon'
import { pb } from '~/util/path-builder'
import { count } from '~/util/str'
import { ListLink } from '../Link'
import { StateBadge } from '../StateBadge'
import classes from './Board.module.css'
import { fewTasks, groupTasks, opensAtFirst, type TaskGroup } from './groups'
import { shownState, Took, taskDetail } from './Took'

type Task = Schemas['Task']

/** The tasks of a stage in the order in which they run; many of them by exception. */
export function TaskList({ tasks }: { tasks: Task[] }) {
  if (tasks.length <= fewTasks) return <Rows tasks={tasks} />
  return (
    <ul className={classes.tasks} aria-label="Groups of equal tasks">
      {groupTasks(tasks).map(group => (
        <Group key={group.key} group={group} />
      ))}
    </ul>
  )
}

function Group({ group }: { group: TaskGroup }) {
  const { first, tasks, says } = group
  const [open, setOpen] = useState(opensAtFirst(group))
  const changed = useChanged(tasks.length)
  return (
    <li className={changed ? 'glow' : undefined}>
      <button type="button" className={classes.group} aria-expanded={open} onClick={() => setOpen(!open)}>
        <Icon name={open ? 'chevronDown' : 'chevronRight'} size={14} />
        <span className={classes.name}>
          <span className="mono">{first.label}</span> {first.description || first.type}
        </span>
        <StateBadge state={shownState(first)} detail={tasks.length.toLocaleString('en')} />
        {says && <span className={classes.reason}>{says}</span>}
      </button>
      {open && <Some tasks={tasks} says={says} />}
    </li>
  )
}

/** So many tasks are rendered at once. */
const step = 100

function Some({ tasks, says }: { tasks: Task[]; says: string | undefined }) {
  const [most, setMost] = useState(step)
  return (
    <>
      <Rows tasks={tasks.slice(0, most)} told={says !== undefined} />
      {tasks.length > most && (
        <button type="button" className={classes.more} onClick={() => setMost(most + step)}>
          Show {Math.min(step, tasks.length - most)} more of {count(tasks.length - most, 'task')}
        </button>
      )}
    </>
  )
}

/** One row for each task. told leaves out what the group says of all of them. */
function Rows({ tasks, told = false }: { tasks: Task[]; told?: boolean }) {
  return (
    <ul className={classes.tasks}>
      {tasks.map(task => (
        <TaskRow key={task.id} task={task} told={told} />
      ))}
    </ul>
  )
}

function TaskRow({ task, told }: { task: Task; told: boolean }) {
  const changed = useChanged(task.state)
  return (
    <li className={changed ? 'glow' : undefined}>
      <ListLink to={pb.task(task.rolloutId, task.id)} className={classes.task}>
        <span className={classes.name}>
          <span className="mono">{task.label}</span> {task.description || task.type}
        </span>
        <StateBadge state={shownState(task)} detail={taskDetail(task)} />
        <span className="muted small">{task.database}</span>
        <span className="muted small">
          <Took task={task} />
        </span>
        {!told && task.reason && <span className={classes.reason}>{task.reason.text}</span>}
        {!told && task.error && task.error.text !== task.reason?.text && (
          <span className={classes.reason}>The last attempt failed: {task.error.text}</span>
        )}
      </ListLink>
    </li>
  )
}
