import { expect, it } from 'vitest'
import { ApiError } from '~/api/errors'
import { limitsOf, limitTexts } from './values'

const names = ['lockTimeout', 'statementTimeout'] as const

it('brings limits into a form and back', () => {
  const texts = limitTexts(names, { lockTimeout: 0, statementTimeout: 3_600_000 })
  expect(texts).toEqual({ lockTimeout: '', statementTimeout: '1 h' })
  expect(limitsOf(names, texts)).toEqual({ lockTimeout: 0, statementTimeout: 3_600_000 })
})

it('says under each field what is not a duration', () => {
  try {
    limitsOf(names, { lockTimeout: 'soon', statementTimeout: '5' })
    expect.unreachable()
  } catch (error) {
    expect(error).toBeInstanceOf(ApiError)
    expect(Object.keys((error as ApiError).fields)).toEqual(names)
  }
})
