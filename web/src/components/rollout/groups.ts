import type { Schemas } from '~/api/client'
import { shownState } from './Took'

type Task = Schemas['Task']

/** Tasks of one text that are alike. */
export interface TaskGroup {
  key: string
  first: Task
  tasks: Task[]
  /** What is said of all of them; undefined when they differ. */
  says: string | undefined
}

/** So many tasks of a stage are shown as one list. */
export const fewTasks = 20

/** What needs a person first, then what moves, and what is done last. */
const urgency: Task['state'][] = ['failed', 'unknown', 'running', 'held', 'pending', 'cancelled', 'skipped', 'done']

/** Groups tasks of the same text, state and reason. What needs a person comes first, and the few before the many. */
export function groupTasks(tasks: readonly Task[]): TaskGroup[] {
  const groups = new Map<string, TaskGroup>()
  for (const task of tasks) {
    const { path, checksum, action, reason, error } = task
    const key = JSON.stringify([path, checksum, action, shownState(task), reason?.code, error?.code])
    const known = groups.get(key)
    if (known) {
      known.tasks.push(task)
      if (sayingOf(task) !== known.says) known.says = undefined
    } else {
      groups.set(key, { key, first: task, tasks: [task], says: sayingOf(task) })
    }
  }
  const rank = ({ first }: TaskGroup) => urgency.indexOf(first.state)
  return [...groups.values()].sort((a, b) => rank(a) - rank(b) || a.tasks.length - b.tasks.length)
}

/** What is said of a task beside its state: why it is so, and why its last attempt failed. */
export function sayingOf({ reason, error }: Pick<Task, 'reason' | 'error'>): string {
  const failed = error && error.text !== reason?.text ? `The last attempt failed: ${error.text}` : ''
  return [reason?.text, failed].filter(Boolean).join(' ')
}

/** Reports whether a group is open at first: a few tasks that a person must look at. */
export function opensAtFirst({ first, tasks }: TaskGroup): boolean {
  return tasks.length <= 10 && ['failed', 'unknown', 'running'].includes(first.state)
}
