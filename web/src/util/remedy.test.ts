import { expect, it } from 'vitest'
import { remedyOf } from './remedy'

it.each([
  [undefined, 'push'],
  [{ code: 'statement-failed', causes: [{ code: 'database-error' }] }, 'push'],
  [{ code: 'statement-failed', causes: [{ code: 'lock-timeout' }] }, 'retry'],
  [{ code: 'cancelled' }, 'retry'],
  [{ code: 'of-tomorrow' }, 'push'],
] as const)('%j', (reason, remedy) => expect(remedyOf(reason as Parameters<typeof remedyOf>[0])).toBe(remedy))
