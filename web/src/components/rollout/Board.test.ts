import { describe, expect, it } from 'vitest'
import { stageCount } from './Board'
import { shownState, taskDetail, tookSoFar } from './Took'

const now = new Date('2026-11-22T12:00:10Z')
const startedAt = '2026-11-22T12:00:00Z'
const finishedAt = '2026-11-22T12:00:04Z'

describe('tookSoFar', () => {
  it('counts on while a task runs', () => expect(tookSoFar({ startedAt, state: 'running' }, now)).toBe('10 s'))
  it('ends with the task', () => expect(tookSoFar({ startedAt, finishedAt, state: 'done' }, now)).toBe('4 s'))
  it.each(['pending', 'held'])('says nothing of an earlier attempt while a task is %s', state =>
    expect(tookSoFar({ startedAt, finishedAt, state }, now)).toBe(''),
  )
  it('says nothing when the end is not known', () => expect(tookSoFar({ startedAt, state: 'unknown' }, now)).toBe(''))
})

describe('taskDetail', () => {
  const task = { state: 'running', total: 3, finished: 1, action: 'apply' } as const
  it.each([
    [task, 'statement 2 of 3'],
    [{ ...task, finished: 3 }, 'statement 3 of 3'],
    [{ ...task, cancelAt: startedAt }, 'Cancelling…'],
    [{ ...task, state: 'done', action: 'record' } as const, 'recorded only'],
    [{ ...task, state: 'pending', action: 'record' } as const, 'records only'],
    [{ ...task, state: 'failed' } as const, undefined],
  ])('%#', (one, words) => expect(taskDetail(one)).toBe(words))
})

describe('shownState', () => {
  const mark = { by: 'Ada', why: 'Made by hand', at: startedAt }
  it.each([
    [{ state: 'done', mark } as const, 'recorded'],
    [{ state: 'done' } as const, 'done'],
    [{ state: 'failed', mark } as const, 'failed'],
  ])('%#', (task, state) => expect(shownState(task)).toBe(state))
})

describe('stageCount', () => {
  const tasks = (...states: ('done' | 'skipped' | 'cancelled' | 'failed')[]) => states.map(state => ({ state }))
  it.each([
    [tasks('done', 'failed'), '1 of 2 tasks done'],
    [tasks('done', 'skipped'), '1 of 2 tasks done, 1 skipped'],
    [tasks('cancelled', 'cancelled'), '2 cancelled'],
  ])('%#', (all, words) => expect(stageCount(all)).toBe(words))
})
