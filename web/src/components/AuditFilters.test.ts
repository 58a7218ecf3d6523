import { describe, expect, it } from 'vitest'
import { dayStart } from './AuditFilters'

describe('dayStart', () => {
  it('is midnight in the reader’s zone', () =>
    expect(dayStart('2026-02-28', 1)).toBe(new Date(2026, 2, 1).toISOString()))
  it.each(['', 'x', '2026'])('%j is no date', text => expect(dayStart(text)).toBeUndefined())
})
