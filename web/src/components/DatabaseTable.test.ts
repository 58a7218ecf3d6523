import { expect, it } from 'vitest'
import { databaseState } from './DatabaseTable'

const row = { busy: false, foreignLedger: false, ledgerState: 'genuine' } as Parameters<typeof databaseState>[0]

it.each([
  ['healthy', {}],
  ['running', { busy: true }],
  ['unreachable', { ledgerError: 'no route to host', busy: true }],
  ['foreign-ledger', { foreignLedger: true, ledgerError: 'stale' }],
  ['tampered', { ledgerState: 'tampered', foreignLedger: true }],
  ['restored', { ledgerState: 'restored' }],
  ['missing', { missingAt: '2026-11-22T12:00:00Z', ledgerState: 'tampered' }],
] as const)('%s comes before what matters less', (state, facts) =>
  expect(databaseState({ ...row, ...facts })).toBe(state),
)
