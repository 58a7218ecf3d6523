import { describe, expect, it } from 'vitest'
import {
  contradictedOf,
  type Histories,
  previewsChoice,
  standingOf,
  usableOf,
  withHistories,
  wordsOf,
} from './histories'
import { defaults, specOf, withBaselines } from './values'

const database = (counts: Record<string, number>, more: object = {}): Histories['databases'][number] => ({
  databaseId: 'd',
  name: 'shop',
  environment: 'test',
  tools: ['Flyway'],
  table: 'flyway_schema_history',
  code: false,
  adoptable: true,
  rows: 3,
  counts,
  files: [],
  moreFiles: 0,
  gone: [],
  moreGone: 0,
  others: [],
  ...more,
})

const histories = (...databases: Histories['databases']): Histories => ({
  commit: 'c',
  fingerprint: 'f',
  databases,
  differences: [],
  moreDifferences: 0,
  counts: {},
})

describe('usableOf', () => {
  it('leaves out what the server cannot record, and tables that name no file', () => {
    const good = database({ proved: 1 })
    expect(
      usableOf(
        histories(good, database({ missing: 4, stands: 1 }), database({ proved: 1 }, { code: true, adoptable: false })),
      ),
    ).toEqual([good])
    expect(usableOf(undefined)).toEqual([])
  })
})

describe('wordsOf', () => {
  it('says how each file stands', () => {
    expect(wordsOf(database({ proved: 398, claimed: 14, edited: 3, missing: 1 }, { moreGone: 2 }))).toEqual([
      '412 files applied (398 proved by checksum, 14 claimed)',
      '3 edited since: accept the new text later',
      '1 missing',
      '2 applied and not in the repository',
    ])
    expect(wordsOf(database({ proved: 1 }))).toEqual(['1 file applied, proved by checksum'])
    expect(wordsOf(database({ claimed: 2, halfway: 1 }))).toEqual([
      '2 files applied, without a checksum',
      '1 not finished: decide later',
    ])
    expect(wordsOf(database({ halfway: 1 }))[0]).toBe('0 files applied')
  })
})

describe('withHistories', () => {
  it('sends what was seen, and what counts despite the catalog', () => {
    const spec = specOf('g', 'r', defaults('main'))
    const seen = histories(database({ contradicted: 1 }))
    expect(withHistories(spec, seen, [], [])).toEqual({
      ...spec,
      existingFiles: 'history',
      history: { fingerprint: 'f' },
    })
    expect(withHistories(spec, seen, ['d'], ['stands']).history).toEqual({
      fingerprint: 'f',
      despite: ['d'],
      record: ['stands'],
    })
    expect(contradictedOf(seen.databases)).toHaveLength(1)
    expect(standingOf([database({ stands: 2, partly: 1 }), database({ stands: 1 })], 'stands')).toBe(3)
  })
})

describe('previewsChoice', () => {
  it('asks for a preview with what is recorded', () => {
    const spec = specOf('g', 'r', defaults('main'))
    expect(previewsChoice(withHistories(spec, histories(database({ proved: 1 })), [], []))).toBe(true)
    expect(previewsChoice(withBaselines(spec, [{ databaseId: 'd', version: '1' }]))).toBe(true)
    expect(previewsChoice(withBaselines(spec, []))).toBe(false)
  })
})
