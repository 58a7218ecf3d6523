import { describe, expect, it } from 'vitest'
import type { Schemas } from '~/api/client'
import { inView } from './Matrix'
import { barHeights } from './Weeks'

const work = { count: 1, rolloutId: 'r', at: '2026-01-01T00:00:00Z' }
const project = (name: string, cell: Partial<Schemas['OverviewCell']>) => ({
  id: name,
  name,
  cells: [{ environmentId: 'e' }, { environmentId: 'f', ...cell }],
})
const all = [
  project('fine', { databases: 1 }),
  project('failed', { failed: work }),
  project('drifted', { drifted: 2, driftedId: 'd' }),
  project('waiting', { waiting: work }),
  project('running', { running: work }),
]

describe('inView', () => {
  it.each([
    ['', ['fine', 'failed', 'drifted', 'waiting', 'running']],
    ['attention', ['failed', 'drifted']],
    ['waiting', ['waiting']],
    ['running', ['running']],
    ['toString', ['fine', 'failed', 'drifted', 'waiting', 'running']],
  ])('%s', (view, names) => expect(inView(all, view).map(one => one.name)).toEqual(names))
})

describe('barHeights', () => {
  it('shows small values and no zeros', () => expect(barHeights([0, 1, 500, 1000])).toEqual([0, 2, 22, 44]))
  it('survives weeks without changes', () => expect(barHeights([0, 0])).toEqual([0, 0]))
})
