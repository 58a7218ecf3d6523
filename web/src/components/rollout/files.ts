import type { Schemas } from '~/api/client'

type Task = Schemas['Task']

/** What waits at a gate. */
export interface Waiting {
  /** The texts in the order in which they run; the first ones when there are very many. */
  files: TaskFile[]
  fileCount: number
  databaseCount: number
}

/** A text that tasks bring to databases. */
export interface TaskFile {
  path: string
  checksum: string
  label: string
  /** Whether it only goes into ledgers. */
  recorded: boolean
  /** One of its tasks, whose page has the text. */
  taskId: string
  databases: number
}

/** The texts of tasks, in the order in which the first task of each runs. */
export function filesOf(tasks: readonly Task[]): TaskFile[] {
  const files = new Map<string, TaskFile>()
  for (const task of tasks) {
    const { path, checksum = '', label, action } = task
    const key = JSON.stringify([path, checksum, action])
    const known = files.get(key)
    if (known) known.databases++
    else files.set(key, { path, checksum, label, recorded: action === 'record', taskId: task.id, databases: 1 })
  }
  return [...files.values()]
}

/** Sums up tasks that wait, in the order in which they run. */
export function sumUp(tasks: readonly Task[]): Waiting {
  const files = filesOf(tasks)
  return { files, fileCount: files.length, databaseCount: new Set(tasks.map(task => task.databaseId)).size }
}
