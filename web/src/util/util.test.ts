import { describe, expect, it } from 'vitest'
import { duration, realTime, relativeTime } from './date'
import { pb } from './path-builder'
import { count, matches } from './str'

it('takes the zero time of Go for no time', () => {
  expect(realTime('0001-01-01T00:00:00Z')).toBeUndefined()
  expect(realTime(undefined)).toBeUndefined()
  expect(realTime('2026-11-22T12:00:00Z')).toBe('2026-11-22T12:00:00Z')
})

describe('relativeTime', () => {
  const now = new Date('2026-11-22T12:00:00Z')
  it.each([
    ['2026-11-22T11:59:59Z', 'just now'],
    ['2026-11-22T11:59:14Z', '40 seconds ago'],
    ['2026-11-22T11:57:00Z', '3 minutes ago'],
    ['2026-11-21T11:00:00Z', 'yesterday'],
    ['2026-11-22T14:00:01Z', 'in 2 hours'],
    ['2026-11-22T12:00:30Z', 'in a moment'],
  ])('says %s as %s', (iso, words) => expect(relativeTime(iso, now)).toBe(words))
})

describe('duration', () => {
  it.each([
    [12.4, '12 ms'],
    [3000, '3 s'],
    [3210, '3.2 s'],
    [245_000, '4 min 5 s'],
    [900_000, '15 min'],
    [7_800_000, '2 h 10 min'],
    [86_400_000, '24 h'],
    [-5, '0 ms'],
  ])('says %d as %s', (ms, words) => expect(duration(ms)).toBe(words))
})

describe('str', () => {
  it('counts in the singular and the plural', () =>
    expect([count(1, 'file'), count(2000, 'file')]).toEqual(['1 file', '2,000 files']))
  it('finds words in any order', () => expect(matches('acme/shop-schema', 'SHOP acme')).toBe(true))
  it('wants every word', () => expect(matches('acme/shop-schema', 'acme bank')).toBe(false))
})

describe('pb', () => {
  it('makes each address once', () => {
    const all = Object.entries(pb).map(([name, make]) => [name, (make as (...ids: string[]) => string)('A', 'B', 'C')])
    expect(new Set(all.map(([, path]) => path)).size).toBe(all.length)
    expect(Object.fromEntries(all)).toMatchSnapshot()
  })
})
