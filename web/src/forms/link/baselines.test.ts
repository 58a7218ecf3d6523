import { describe, expect, it } from 'vitest'
import type { Schemas } from '~/api/client'
import { ApiError } from '~/api/errors'
import { choiceOf, keyOf, optionsOf, recordedWord, shownWords, wordContradiction } from './baseline-words'
import { baselinesOf, byEnvironment, choicesOf, doubtOf, proposalOf, refusalsOf, upTo, waits } from './baselines'

type Database = Schemas['DatabaseBaseline']

const phone = { object: 'column customer.phone', there: false, covered: true, path: 'shop/5__ddl__phone.sql' }
const again = { object: 'table customer', there: true, covered: false, path: 'shop/1__ddl__customer.sql' }

/** A database of prod with tables and no record, which shows that 3 and 4 fit. */
function database(change: Partial<Database> = {}): Database {
  return {
    databaseId: 'd',
    name: 'shop',
    environment: 'prod',
    populated: true,
    hasLedger: false,
    versions: ['3', '4', '5'],
    fitting: ['3', '4'],
    against: [
      { version: '', objects: [again], more: 0 },
      { version: '5', objects: [phone], more: 2 },
    ],
    unread: 0,
    ...change,
  }
}
const open = { kind: 'open', version: '', despite: false }
const undecided = { ...open, kind: 'undecided' }

describe('proposalOf', () => {
  for (const [name, change, want] of [
    ['proposes the one version that fits', { fitting: ['4'] }, upTo('4')],
    ['proposes none of the files where that alone fits', { fitting: [''] }, upTo('')],
    ['leaves several to a person', {}, undecided],
    ['leaves none or some to a person', { fitting: ['', '3'] }, undecided],
    ['holds where no version fits', { fitting: [] }, open],
    ['holds where nothing is known', { fitting: [], against: [] }, open],
    ['says nothing of what cannot be read', { problem: 'No route.' }, open],
    ['runs all where there is no table', { populated: false, fitting: ['', '3'] }, open],
    ['believes a record', { populated: false, hasLedger: true, fitting: ['', '3'] }, open],
    ['sees files of another link', { populated: false, hasLedger: true, fitting: ['4'] }, upTo('4')],
    ['asks where a record and tables disagree', { populated: false, hasLedger: true, fitting: [] }, undecided],
  ] as const) {
    it(name, () => expect(proposalOf(database(change as Partial<Database>))).toEqual(want))
  }
})

describe('choicesOf', () => {
  it('keeps what a person chose over the proposal', () => {
    expect(choicesOf([database()], { d: upTo('3'), gone: upTo('1') })).toEqual(new Map([['d', upTo('3')]]))
  })
  it('forgets a version that is gone with the template', () => {
    expect(choicesOf([database({ versions: ['1'], fitting: ['1'] })], { d: upTo('3') }).get('d')).toEqual(upTo('1'))
  })
})

describe('doubtOf', () => {
  it('says what is missing of the files that would be recorded', () => {
    expect(doubtOf(database(), upTo('5'))).toEqual({ covered: [phone], left: [], more: 2 })
  })
  it('says what would run again', () => {
    expect(doubtOf(database(), upTo(''))).toEqual({ covered: [], left: [again], more: 0 })
    expect(doubtOf(database({ hasLedger: true }), choiceOf('open'))?.left).toEqual([again])
  })
  it('has nothing against what fits, or holds', () => {
    expect(doubtOf(database(), upTo('4'))).toBeUndefined()
    expect(doubtOf(database(), choiceOf('open'))).toBeUndefined()
  })
})

describe('waits', () => {
  it('waits for a choice, and for the word against what is shown', () => {
    expect(waits(database(), proposalOf(database()))).toBe(true)
    expect(waits(database(), upTo('4'))).toBe(false)
    expect(waits(database(), upTo('5'))).toBe(true)
    expect(waits(database(), { ...upTo('5'), despite: true })).toBe(false)
  })
  it('only warns of what would run', () => {
    expect(waits(database(), upTo(''))).toBe(false)
  })
})

describe('baselinesOf', () => {
  it('leaves out what is open, and says despite only where it is meant', () => {
    const choices = new Map([
      ['a', choiceOf('open')],
      ['b', choiceOf('none')],
      ['c', choiceOf('upTo 2')],
      ['d', { ...upTo('5'), despite: true }],
    ])
    expect(baselinesOf(choices)).toEqual([
      { databaseId: 'b', version: '' },
      { databaseId: 'c', version: '2' },
      { databaseId: 'd', version: '5', despite: true },
    ])
  })
})

describe('refusalsOf', () => {
  const sent = [
    { databaseId: 'a', version: '1' },
    { databaseId: 'b', version: '5' },
  ]
  const refused = new ApiError(422, { errors: [{ location: 'body.baselines[1].version', message: 'No column.' }] })
  it('puts a refusal at the database whose choice it is', () => {
    expect(refusalsOf(refused, sent, sent)).toEqual(new Map([['b', 'No column.']]))
  })
  it('goes when the choice changes, and not when another does', () => {
    expect(refusalsOf(refused, sent, [{ databaseId: 'b', version: '4' }]).size).toBe(0)
    expect(refusalsOf(refused, sent, [{ databaseId: 'b', version: '5', despite: true }]).size).toBe(0)
    expect(refusalsOf(refused, sent, sent.slice(1)).size).toBe(1)
  })
  it('knows none of another error', () => {
    expect(refusalsOf(new Error('no'), sent, sent).size).toBe(0)
  })
})

describe('the words of a row', () => {
  const labels = (change?: Partial<Database>) => optionsOf(database(change)).map(option => option.label)
  it('offers the newest version first, and marks what does not fit', () => {
    expect(labels()).toEqual([
      'Nothing: run every file (does not fit)',
      'Up to 5 (does not fit)',
      'Up to 4',
      'Up to 3',
      'Hold until somebody decides',
    ])
    expect(labels({ hasLedger: true })[0]).toBe('What its record says: run the rest')
    expect(labels({ populated: false })[0]).toBe('Nothing: run every file')
  })
  it('finds each choice by its value, whatever the version is called', () => {
    for (const option of optionsOf(database({ versions: ['open', 'none', '1 2'] }))) {
      expect(keyOf(choiceOf(option.value))).toBe(option.value)
    }
  })
  it('says what fits, and why the next version does not', () => {
    expect(shownWords(database())).toEqual([
      'Fits 3 and 4: its tables look the same in each.',
      'Not 5: it has no column customer.phone.',
    ])
    expect(shownWords(database({ fitting: ['4'], against: [], unread: 1 }))).toEqual([
      'Fits 4.',
      '1 older file was not read.',
    ])
    expect(shownWords(database({ fitting: [] }))[0]).toBe('Fits no version.')
    expect(shownWords(database({ fitting: [''], against: [] }))).toEqual(['Fits none of the files.'])
  })
  it('says what a choice leaves no room for', () => {
    expect(wordContradiction(phone)).toBe('It has no column customer.phone, which shop/5__ddl__phone.sql makes.')
    expect(wordContradiction(again)).toBe('It has table customer already, which shop/1__ddl__customer.sql makes.')
    expect(recordedWord('5', [phone])).toBe(
      'Record everything up to 5 as applied, although column customer.phone is missing',
    )
  })
})

describe('byEnvironment', () => {
  it('keeps the order of environments and databases', () => {
    const of = (environment: string, name: string) => database({ environment, name })
    const groups = byEnvironment([of('test', 'b'), of('test', 'a'), of('prod', 'c')])
    expect([...groups].map(([name, list]) => [name, ...list.map(one => one.name)])).toEqual([
      ['test', 'b', 'a'],
      ['prod', 'c'],
    ])
  })
})
