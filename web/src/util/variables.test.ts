import { describe, expect, it } from 'vitest'
import { placeholderOf, rowsOf, variablesOf } from './variables'

describe('variables in a form', () => {
  it('come back as they were', () => {
    const variables = { b: ' x=1 ', a: '', __proto: 'y' }
    expect(variablesOf(rowsOf(variables))).toEqual(variables)
    expect(rowsOf(variables).map(row => row.name)).toEqual(['__proto', 'a', 'b'])
  })
  it('stand for what files have', () => {
    expect(placeholderOf('schema')).toBe(['$', '{schema}'].join(''))
  })
  it('lose no row silently', () => {
    expect(variablesOf([{ name: ' ', value: '' }])).toEqual({})
    expect(() => variablesOf([{ name: '', value: 'x' }])).toThrow('Name the variable')
    const twice = [
      { name: 'a', value: '1' },
      { name: 'a ', value: '2' },
    ]
    expect(() => variablesOf(twice)).toThrow('Two variables have the name a')
  })
})
