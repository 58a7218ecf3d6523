import { expect, it } from 'vitest'
import { adviceFor } from './advice'

const calm = { blocked: false, gone: false, startedHere: true, waited: 1000 }

it.each([
  ['waits in silence at first', calm, ''],
  ['says that the window was blocked', { ...calm, blocked: true, waited: 120_000 }, 'blocked'],
  ['says that the window cannot be seen', { ...calm, gone: true }, 'gone'],
  ['thinks of the callback after a minute', { ...calm, gone: true, waited: 60_000 }, 'slow'],
  ['says that another tab has the window', { ...calm, startedHere: false }, 'elsewhere'],
] as const)('%s', (_, waiting, advice) => expect(adviceFor(waiting)).toBe(advice))
