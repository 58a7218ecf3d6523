import type { Schemas } from '~/api/client'

type Task = Schemas['Task']

/** A text that tasks bring to databases. */
export interface TaskFile {
  path: string
  checksum: string
  label: string
  /** Whether it only goes into ledgers. */
  recorded: boolean
  /** One of its tasks, whose page has the text. */
  task: Task
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
    else files.set(key, { path, checksum, label, recorded: action === 'record', task, databases: 1 })
  }
  return [...files.values()]
}

/** How many texts there are, for how many databases, and of which versions. */
export function sumUp(tasks: readonly Task[]): { files: number; databases: number; labels: string[] } {
  return {
    files: filesOf(tasks).length,
    databases: new Set(tasks.map(task => task.databaseId)).size,
    labels: [...new Set(tasks.map(task => task.label))],
  }
}
