import { describe, expect, it } from 'vitest'
import { standingOf, stopsMerge } from './branch-reviews'
import type { Schemas } from './client'

const review = (change: Partial<Schemas['BranchReview']>): Schemas['BranchReview'] => ({
  id: 'b1',
  linkId: 'l1',
  branch: 'feature/größe',
  head: 'c0ffee',
  reviewedHead: 'c0ffee',
  state: 'done',
  passed: true,
  mergeOrder: [],
  files: 1,
  errors: 0,
  warnings: 0,
  rehearsal: 'off',
  wantedAt: '2026-01-02T10:00:00Z',
  ...change,
})

describe('standingOf', () => {
  it('is what the build status says', () => {
    expect(standingOf(review({}))).toBe('passed')
    expect(standingOf(review({ passed: false, errors: 1 }))).toBe('stopped')
    expect(standingOf(review({ passed: false, verdict: 'edits-applied' }))).toBe('stopped')
    expect(standingOf(review({ state: 'pending' }))).toBe('reviewing')
    expect(standingOf(review({ rehearsal: 'wanted' }))).toBe('reviewing')
    expect(standingOf(review({ rehearsal: 'none' }))).toBe('passed')
    expect(standingOf(review({ state: 'failed', passed: false }))).toBe('incomplete')
    expect(standingOf(review({ state: 'ended', passed: false }))).toBe('ended')
  })
})

describe('stopsMerge', () => {
  it('names what fails the build status', () => {
    expect(stopsMerge('conflict')).toBe(true)
    expect(stopsMerge('same-version')).toBe(false)
    expect(stopsMerge(undefined)).toBe(false)
  })
})
