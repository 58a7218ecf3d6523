import { expect, it } from 'vitest'
import { remedyOf } from './remedy'

it.each([
  [undefined, 'push'],
  [{ code: 'statement-failed', causes: [{ code: 'database-error' }] }, 'push'],
  [{ code: 'statement-failed', causes: [{ code: 'lock-timeout' }] }, 'retry'],
  [{ code: 'cancelled' }, 'retry'],
  [{ code: 'of-tomorrow' as 'cancelled' }, 'push'], // of a newer server
] satisfies [Parameters<typeof remedyOf>[0], string][])('%j', (reason, remedy) => expect(remedyOf(reason)).toBe(remedy))
