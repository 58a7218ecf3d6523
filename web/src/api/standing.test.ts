import { expect, test } from 'vitest'
import { needsDespite, shown } from './standing'

const reason = { code: 'mark-lacks', text: 'The database has no table größe' } as const

test.each([
  ['nothing against it', { against: [] }, false],
  ['a table is not there', { against: [reason] }, true],
  ['the database does not answer', { against: [], problem: reason }, true],
])('needs a confirmation when %s: %o', (_, standing, want) => {
  expect(needsDespite(standing)).toBe(want)
})

test('says only what agrees', () => {
  const made = { object: 'table größe', wanted: true, there: true }
  const missing = { object: 'index order', wanted: true, there: false }
  const dropped = { object: 'table old', wanted: false, there: false }
  const left = { object: 'table new', wanted: false, there: true }
  expect(shown([made, missing, dropped, left])).toBe('The database has table größe. It no longer has table old.')
  expect(shown([missing])).toBe('')
})
