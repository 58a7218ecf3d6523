import { expect, it } from 'vitest'
import { databaseState } from './DatabaseTable'

const silent = { code: 'no-answer', text: 'The database did not answer in time.' } as const
const row = { busy: false, foreignLedger: false, ledgerState: 'genuine' } as Parameters<typeof databaseState>[0]

it.each([
  ['healthy', {}],
  ['running', { busy: true }],
  ['drifted', { driftedAt: '2026-11-22T12:00:00Z' }],
  ['unreachable', { driftedAt: '2026-11-22T12:00:00Z', ledgerError: silent }],
  ['unreachable', { ledgerError: silent, busy: true }],
  ['foreign-ledger', { foreignLedger: true, ledgerError: silent }],
  ['tampered', { ledgerState: 'tampered', foreignLedger: true }],
  ['restored', { ledgerState: 'restored' }],
  ['missing', { missingAt: '2026-11-22T12:00:00Z', ledgerState: 'tampered' }],
] as const)('%s comes before what matters less', (state, facts) =>
  expect(databaseState({ ...row, ...facts })).toBe(state),
)
