import { queryOptions } from '@tanstack/react-query'
import { http, type Schemas, unwrap } from './client'

/** Whether and where the branches of a project are rehearsed. */
export const rehearsalSettingQuery = (project: string) =>
  queryOptions({
    queryKey: ['projects', project, 'rehearsals'],
    queryFn: ({ signal }) =>
      unwrap(http.GET('/api/v1/projects/{project}/rehearsals', { params: { path: { project } }, signal })),
  })

/** Where a lock lies in the time of its file, in parts of 1. */
export interface LockBar {
  from: number
  width: number
}

/**
 * Places a lock in the time of its file. It begins with the statement that took it; one that its
 * transaction holds ends with the file.
 */
export function lockBar(file: Schemas['RehearsedFile'], lock: Schemas['RehearsedLock']): LockBar {
  const before = file.statements
    .filter(statement => statement.line < lock.line)
    .reduce((sum, statement) => sum + statement.seconds, 0)
  const total = Math.max(file.seconds, before + lock.held)
  if (total <= 0) return { from: 0, width: 1 }
  const held = Math.min(lock.held, total)
  return { from: Math.min(before, total - held) / total, width: held / total }
}

/** A measured time in seconds in words: "0.4 ms", "12 ms", "1.3 s". */
export function measured(seconds: number): string {
  if (seconds < 0.01) return `${(seconds * 1000).toFixed(1)} ms`
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`
  return `${seconds.toFixed(1)} s`
}

/** How lines of a unified diff differ. */
export function diffKind(line: string): 'added' | 'removed' | 'place' | 'same' {
  if (line.startsWith('@@') || line.startsWith('+++') || line.startsWith('---')) return 'place'
  if (line.startsWith('+')) return 'added'
  return line.startsWith('-') ? 'removed' : 'same'
}
