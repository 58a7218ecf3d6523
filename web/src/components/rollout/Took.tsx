import type { Schemas } from '~/api/client'
import { useClock } from '~/hooks/use-clock'
import { between, duration } from '~/util/date'

type Task = Schemas['Task']

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
