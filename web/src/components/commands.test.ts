import { expect, it } from 'vitest'
import { commandOf } from './commands'

it.each([
  ['project', '/projects/x'],
  ['link', '/projects/p/gitops/links/x'],
  ['database', '/databases/x'],
  ['rollout', '/rollouts/x'],
] as const)('opens a %s at its own page', (kind, to) =>
  expect(commandOf({ kind, id: 'x', projectId: 'p', name: 'Shop', detail: 'test' })).toMatchObject({
    label: 'Shop',
    detail: 'test',
    to,
  }),
)

it('names a rollout without a message', () =>
  expect(commandOf({ kind: 'rollout', id: 'x', name: '' }).label).toBe('No commit message'))
