import { expect, it } from 'vitest'
import { readingsOf } from './readings'

it('takes both readings of each object out of a reason', () => {
  const reason =
    'Nobody knows.\n\ntable a before:\nCREATE TABLE a (\n  x int\n)\nand now:\n(not there)\n\nindex b before:\n(not there)\nand now:\nx'
  expect(readingsOf(reason)).toEqual({
    text: 'Nobody knows.',
    readings: [
      { object: 'table a', before: 'CREATE TABLE a (\n  x int\n)', now: '(not there)' },
      { object: 'index b', before: '(not there)', now: 'x' },
    ],
  })
})

it('leaves a reason in other words as it is', () => {
  expect(readingsOf('Late: 3 is older than 4.\n\nWas it before:\nno')).toEqual({
    text: 'Late: 3 is older than 4.\n\nWas it before:\nno',
    readings: [],
  })
})
