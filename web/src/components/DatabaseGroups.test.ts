import { expect, it } from 'vitest'
import type { Schemas } from '~/api/client'
import { groupDatabases } from './DatabaseGroups'

const row = (id: string, more: Partial<Schemas['Database']> = {}): Schemas['Database'] => ({
  id,
  instanceId: 'i',
  environmentId: 'prod',
  name: id,
  busy: false,
  foreignLedger: false,
  ledgerState: 'genuine',
  createdAt: '2026-01-01T00:00:00Z',
  lastVersion: '7',
  ...more,
})

it('shows the odd databases first, and the many that are alike last', () => {
  const many = Array.from({ length: 1000 }, (_, i) => row(`d${i}`))
  const groups = groupDatabases([
    ...many,
    row('behind', { lastVersion: '6' }),
    row('busy', { busy: true }),
    row('gone', { missingAt: '2026-01-01T00:00:00Z' }),
    row('copy', { foreignLedger: true }),
    row('copy2', { foreignLedger: true }),
    row('small', { environmentId: 'test' }),
  ])
  expect(groups.map(group => [group.state, group.version, group.environmentId, group.rows.length, group.odd])).toEqual([
    ['missing', '7', 'prod', 1, true],
    ['foreign-ledger', '7', 'prod', 2, true],
    ['healthy', '6', 'prod', 1, true],
    ['running', '7', 'prod', 1, false],
    ['healthy', '7', 'test', 1, false],
    ['healthy', '7', 'prod', 1000, false],
  ])
})
