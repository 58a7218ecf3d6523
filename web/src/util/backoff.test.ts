import { expect, it } from 'vitest'
import { backoff } from './backoff'

it('waits longer after each failure, and at most a minute', () => {
  expect([1, 2, 3, 7, 8, 1000].map(failures => backoff(failures, 1))).toEqual([
    1000, 2000, 4000, 60_000, 60_000, 60_000,
  ])
  expect([0, 1, 3].map(failures => backoff(failures, 0))).toEqual([500, 500, 2000])
})

it('asks a stopped server fewer than twenty times in ten minutes', () => {
  let at = 0
  let asked = 0
  for (; at < 600_000; asked++) at += backoff(asked + 1, 0.5)
  expect(asked).toBeLessThan(20)
})
