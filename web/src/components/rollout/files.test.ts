import { expect, it } from 'vitest'
import type { Schemas } from '~/api/client'
import { filesOf, sumUp, whatRuns } from './files'

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

it('says what starts where, and counts what it does not name', () => {
  const seven = task('1', '7', 'a', { database: 'shop' })
  const recorded = task('2', '8', 'a', { database: 'shop', action: 'record' })
  expect(whatRuns(sumUp([seven]))).toBe('1 file runs in shop: 7.')
  expect(whatRuns(sumUp([recorded]))).toBe('1 file is recorded in shop: 8.')
  expect(whatRuns(sumUp([seven, recorded]))).toBe('2 files run in shop: 7, 8.')
  const twins = [seven, task('3', '7', 'b', { database: 'shop' })]
  expect(whatRuns(sumUp(twins))).toBe('1 file runs in 2 databases: 7.')
  expect(whatRuns({ ...sumUp([seven]), fileCount: 60, databaseCount: 1000 })).toBe(
    '60 files run in 1,000 databases: 7 and 59 more.',
  )
})
