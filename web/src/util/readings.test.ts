import { expect, it } from 'vitest'
import { readingsOf } from './readings'

const index = { object: 'index orders_id', before: '(not there)', now: 'CREATE INDEX orders_id ON orders (id)' }
const table = { object: 'table orders', before: 'id integer', now: 'id bigint' }
const object = (params: Record<string, string>) => ({ code: 'object', params, text: 'before and now' })

it('takes both readings of each object out of a reason', () => {
  const reason = { code: 'indeterminate', causes: [object(index), object(table)], text: 'Nobody knows.' }
  expect(readingsOf(reason)).toEqual([index, table])
  expect(readingsOf({ code: 'partly-kept', causes: [reason], text: 'Nobody knows.' })).toEqual([index, table])
})

it('finds none in a reason without them', () => {
  expect(readingsOf({ code: 'late-held', params: { version: '4' }, text: 'before:' })).toEqual([])
})
