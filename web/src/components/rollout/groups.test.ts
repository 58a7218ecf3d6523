import { expect, it } from 'vitest'
import type { Schemas } from '~/api/client'
import { groupTasks, opensAtFirst, sayingOf } from './groups'

type Task = Schemas['Task']

const task = (id: number, more: Partial<Task> = {}): Task => ({
  id: `${id}`,
  rolloutId: 'r',
  projectId: 'p',
  databaseId: `d${id}`,
  environmentId: 'prod',
  sequence: 0,
  action: 'apply',
  version: '6',
  type: 'ddl',
  label: '6',
  description: '',
  path: 'migrations/6.sql',
  checksum: 'c',
  commit: '',
  state: 'done',
  attemptCount: 0,
  total: 0,
  finished: 0,
  createdAt: '2026-01-01T00:00:00Z',
  ...more,
})
const why = (code: 'lock-timeout' | 'manual-start', text: string) => ({ code, params: {}, text })

it('shows what failed first, and the many that are done last', () => {
  const groups = groupTasks([
    ...Array.from({ length: 994 }, (_, i) => task(i)),
    ...Array.from({ length: 4 }, (_, i) =>
      task(1000 + i, { state: 'failed', reason: why('lock-timeout', `by session ${i}`) }),
    ),
    task(2000, { state: 'running' }),
    task(2001, { state: 'pending' }),
    task(2002, { state: 'pending', path: 'migrations/7.sql', checksum: 'other' }),
  ])
  expect(groups.map(group => [group.first.state, group.tasks.length, group.says, opensAtFirst(group)])).toEqual([
    ['failed', 4, undefined, true],
    ['running', 1, '', true],
    ['pending', 1, '', false],
    ['pending', 1, '', false],
    ['done', 994, '', false],
  ])
})

it('says once what is the same of all', () => {
  const held = { state: 'held', reason: why('manual-start', 'prod starts when a person starts it.') } as const
  expect(groupTasks([task(1, held), task(2, held)])[0]?.says).toBe('prod starts when a person starts it.')
})

it('repeats no reason as an error', () => {
  const same = why('lock-timeout', 'Somebody holds the lock.')
  expect(sayingOf({ reason: same, error: same })).toBe('Somebody holds the lock.')
  expect(sayingOf({ reason: why('manual-start', 'Held.'), error: same })).toBe(
    'Held. The last attempt failed: Somebody holds the lock.',
  )
})
