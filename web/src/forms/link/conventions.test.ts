import { describe, expect, it } from 'vitest'
import { type Convention, countsOf, isTaken, othersOf, presetOf } from './conventions'
import { defaults } from './values'

function found(change: Partial<Convention> = {}): Convention {
  return {
    tool: 'flyway',
    title: 'Flyway',
    baseDirectory: 'db/migration',
    filePathTemplate: 'V{{VERSION}}__{{DESCRIPTION}}.sql',
    exclude: ['U*__*.sql', 'seed/'],
    placeholders: 'flyway',
    fit: 1412,
    fitExamples: ['db/migration/V1__a.sql'],
    other: 3,
    otherExamples: ['R__a.sql', 'R__b.sql', 'R__c.sql'],
    excluded: 1,
    because: [],
    ...change,
  }
}
const { filePathTemplate: _, ...code } = found({ other: 20 })

describe('presetOf', () => {
  it('fills in the settings of a form', () => {
    const preset = presetOf(found())
    if (!preset) throw new Error('no preset')
    const values = { ...defaults('main'), ...preset }
    expect(values.exclude).toBe('U*__*.sql\nseed/')
    expect(isTaken(preset, values)).toBe(true)
    expect(isTaken(preset, { ...values, baseDirectory: ' /db/migration/' })).toBe(true)
    expect(isTaken(preset, { ...values, placeholders: 'none' })).toBe(false)
    expect(isTaken(preset, { ...values, exclude: 'U*__*.sql' })).toBe(false)
    expect(isTaken(preset, defaults('main'))).toBe(false)
  })
  it('has none for files that a link cannot run', () => {
    expect(presetOf(code)).toBeUndefined()
  })
})

describe('countsOf', () => {
  it('counts what fits, what does not and what is left out', () => {
    expect(countsOf(found())).toBe('1,412 files fit, 3 do not fit, 1 is left out')
    expect(countsOf(found({ fit: 1, other: 1, excluded: 0 }))).toBe('1 file fits, 1 does not fit')
    expect(countsOf(code)).toBe('20 files')
  })
})

describe('othersOf', () => {
  it('names the first files that do not fit', () => {
    expect(othersOf(found())).toBe('Does not fit: R__a.sql, R__b.sql, R__c.sql')
    expect(othersOf(found({ other: 4 }))).toBe('Does not fit: R__a.sql, R__b.sql, R__c.sql, …')
    expect(othersOf(found({ other: 0 }))).toBe('')
    expect(othersOf(code)).toBe('')
  })
})
