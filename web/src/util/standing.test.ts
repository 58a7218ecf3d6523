import { expect, it } from 'vitest'
import { headingOf, type Standing } from './standing'

const idle: Standing = { headCommit: 'a', syncedCommit: 'a', plan: { items: [] } }

it.each([
  ['Up to date', idle],
  ['Reading the newest commit', { ...idle, headCommit: 'b' }],
  ['Reading the newest commit', { ...idle, reading: {} }],
  ['A rollout is running', { ...idle, rollout: { state: 'running' }, plan: { items: [1] } }],
  ['Why is nothing happening?', { ...idle, rollout: { state: 'pending' }, waitsFor: 'a person' }],
  ['Why is nothing happening?', { ...idle, rollout: { state: 'held' }, waitsFor: 'a release' }],
  ['A change failed', { ...idle, rollout: { state: 'failed' }, waitsFor: 'a corrected file' }],
  ['A change needs a person', { ...idle, rollout: { state: 'unknown' }, waitsFor: 'a person' }],
  ['Why is nothing happening?', { ...idle, plan: { items: [1] } }],
] as const)('%s', (heading, standing) => expect(headingOf(standing as Standing)).toBe(heading))
