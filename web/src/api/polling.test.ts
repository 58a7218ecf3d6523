import { expect, it } from 'vitest'
import { ApiError } from './errors'
import { isAway, isRefusal, unlessRefused } from './polling'

const status = (code: number) => new ApiError(code, {})

it('stops asking after a refusal', () => {
  expect([null, status(0), status(503), status(429)].map(error => unlessRefused(error, 5000))).toEqual([
    5000, 5000, 5000, 5000,
  ])
  expect([401, 403, 404].map(code => unlessRefused(status(code), 5000))).toEqual([false, false, false])
})

it('tells a server that is away from one that answers', () => {
  expect([0, 502, 503, 504].map(code => isAway(status(code)))).toEqual([true, true, true, true])
  expect([401, 404, 500].map(code => isAway(status(code)))).toEqual([false, false, false])
  expect(isRefusal(new TypeError())).toBe(false)
})
