import type { Schemas } from '~/api/client'
import { count, some } from '~/util/str'

type Task = Schemas['Task']

/** What waits at a gate. */
export interface Waiting {
  /** The texts in the order in which they run; the first ones when there are very many. */
  files: TaskFile[]
  fileCount: number
  databaseCount: number
  /** The names of the databases; the first ones when there are very many. */
  databases: string[]
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

/** The tasks of a stage that start together. */
export function tasksOf(stage: Schemas['Stage'], start: Schemas['StageStart']): Task[] {
  const ids = new Set(start.taskIds)
  return stage.tasks.filter(task => ids.has(task.id))
}

/** Sums up tasks that wait, in the order in which they run. */
export function sumUp(tasks: readonly Task[]): Waiting {
  const files = filesOf(tasks)
  return {
    files,
    fileCount: files.length,
    databaseCount: new Set(tasks.map(task => task.databaseId)).size,
    databases: [...new Set(tasks.map(task => task.database ?? ''))],
  }
}

/** What starts where: "2 files run in shop: 4, 5." */
export function whatRuns({ files, fileCount, databases, databaseCount }: Waiting): string {
  const [one, many] = files.every(file => file.recorded) ? ['is recorded', 'are recorded'] : ['runs', 'run']
  const where = databaseCount === databases.length ? some(databases) : count(databaseCount, 'database')
  const labels = some([...new Set(files.map(file => file.label))], 5, fileCount - files.length)
  return `${count(fileCount, 'file')} ${fileCount === 1 ? one : many} in ${where}: ${labels}.`
}
