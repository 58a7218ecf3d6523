import { describe, expect, it } from 'vitest'
import { limitMilliseconds, limitText } from './limit'

describe('limitText', () => {
  it.each([
    [0, ''],
    [1, '1 ms'],
    [1500, '1 s 500 ms'],
    [3000, '3 s'],
    [900_000, '15 min'],
    [5_400_000, '1 h 30 min'],
    [604_800_000, '7 d'],
  ])('writes %d as %j, and reads it back', (ms, text) => {
    expect(limitText(ms)).toBe(text)
    expect(limitMilliseconds(text)).toBe(ms)
  })
})

describe('limitMilliseconds', () => {
  it.each([
    ['5s', 5000],
    [' 1h30m ', 5_400_000],
    ['10 Min', 600_000],
    ['2.5s', 2500],
    ['0.1s', 100],
    ['0', 0],
    ['0s', 0],
    ['2 days', 172_800_000],
  ])('reads %j', (text, ms) => expect(limitMilliseconds(text)).toBe(ms))
  it.each(['5', '-5s', 'soon', '5 parsecs', '5s and more', '0.5ms', 's', '1e3s', '5constructor', `${'9'.repeat(30)}h`])(
    'does not take %j for a time',
    text => expect(limitMilliseconds(text)).toBeUndefined(),
  )
})
