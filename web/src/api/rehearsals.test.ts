import { describe, expect, it } from 'vitest'
import type { Schemas } from './client'
import { diffKind, lockBar, measured } from './rehearsals'

const statement = (line: number, seconds: number): Schemas['RehearsedStatement'] => ({
  line,
  column: 1,
  seconds,
  rows: 0,
  locks: [],
  rewrites: [],
})

const file: Schemas['RehearsedFile'] = {
  path: 'größe.sql',
  own: true,
  state: 'done',
  whole: true,
  seconds: 4,
  rows: 0,
  locks: [],
  moreLocks: 0,
  rewrites: [],
  moreRewrites: 0,
  statements: [statement(1, 1), statement(2, 3)],
  more: 0,
}

const lock = (line: number, held: number): Schemas['RehearsedLock'] => ({
  table: 'a',
  mode: 'ShareLock',
  line,
  held,
  rank: 4,
})

describe('lockBar', () => {
  it('begins with the statement and ends within the file', () => {
    expect(lockBar(file, lock(1, 4))).toEqual({ from: 0, width: 1 })
    expect(lockBar(file, lock(2, 3))).toEqual({ from: 0.25, width: 0.75 })
    expect(lockBar(file, lock(2, 1))).toEqual({ from: 0.25, width: 0.25 })
    expect(lockBar({ ...file, seconds: 0, statements: [] }, lock(1, 0))).toEqual({ from: 0, width: 1 })
  })
})

describe('measured', () => {
  it('has a unit that fits', () => {
    expect([0, 0.0004, 0.012, 1.26].map(measured)).toEqual(['0.0 ms', '0.4 ms', '12 ms', '1.3 s'])
  })
})

describe('diffKind', () => {
  it('reads the marks of a unified diff', () => {
    expect(['+++ after', '@@ -1 +1 @@', '+x', '-x', ' x'].map(diffKind)).toEqual([
      'place',
      'place',
      'added',
      'removed',
      'same',
    ])
  })
})
