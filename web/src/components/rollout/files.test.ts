import { expect, it } from 'vitest'
import type { Schemas } from '~/api/client'
import { filesOf, sumUp } from './files'

const task = (id: string, path: string, databaseId: string, more: Partial<Schemas['Task']> = {}) =>
  ({ id, path, databaseId, checksum: `sum of ${path}`, label: path, action: 'apply', ...more }) as Schemas['Task']

const tasks = [
  task('1', '7', 'a'),
  task('2', '8', 'a'),
  task('3', '7', 'b'),
  task('4', '8', 'b', { action: 'record' }),
  task('5', '7', 'c', { checksum: 'an edited text' }),
]

it('lists each text once, with how many databases it is for', () =>
  expect(filesOf(tasks).map(file => [file.path, file.taskId, file.databases, file.recorded])).toEqual([
    ['7', '1', 2, false],
    ['8', '2', 1, false],
    ['8', '4', 1, true],
    ['7', '5', 1, false],
  ]))

it('counts a database with several tasks once', () =>
  expect(sumUp(tasks)).toMatchObject({ fileCount: 4, databaseCount: 3 }))
