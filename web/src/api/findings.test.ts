import { expect, it } from 'vitest'
import type { Schemas } from './client'
import { byFile, worst } from './findings'

type Reviewed = Schemas['ReviewedFile']

const finding = (level: 'error' | 'warning' | 'info', line = 1, rule = 'PL01') => ({
  rule,
  level,
  title: 'CREATE INDEX without CONCURRENTLY',
  line,
  column: 1,
  message: 'The table takes no writes.',
})
const file = (environment: string, more: Partial<Reviewed> = {}): Reviewed => ({
  path: 'a.sql',
  version: '1',
  checksum: 'c',
  environmentId: environment,
  environment,
  against: 'postgres 15.20',
  databases: 1,
  statements: 2,
  errors: 0,
  warnings: 0,
  findings: [],
  moreFindings: 0,
  notAnalysed: [],
  allowed: [],
  tables: [],
  moreTables: 0,
  ...more,
})

it('says once what is the same everywhere', () => {
  const [only, ...others] = byFile([
    file('test', { findings: [finding('warning', 3), finding('info', 1, 'CL01')] }),
    file('prod', { findings: [finding('warning', 3), finding('info', 1, 'CL01')] }),
  ])
  expect(others).toEqual([])
  expect(only?.findings.map(one => [one.line, one.levels])).toEqual([
    [1, [{ level: 'info', where: [] }]],
    [3, [{ level: 'warning', where: [] }]],
  ])
})

it('names the environments where they differ', () => {
  const [only] = byFile([
    file('test', { findings: [finding('warning')] }),
    file('staging'),
    file('prod', { findings: [finding('error')], allowed: [{ rule: 'DS03', line: 2, because: 'unused' }] }),
  ])
  expect(only?.findings[0]?.levels).toEqual([
    { level: 'error', where: ['prod'] },
    { level: 'warning', where: ['test'] },
  ])
  expect(only?.findings.map(worst)).toEqual(['error'])
  expect(only?.allowed).toEqual([{ rule: 'DS03', line: 2, because: 'unused', where: ['prod'] }])
})

it('keeps texts apart, and databases of one environment that hold different things', () => {
  const found = byFile([
    file('prod', { findings: [finding('error')], databases: 2 }),
    file('prod', { against: 'mysql 8.0', reason: undefined as never }),
    file('prod', { checksum: 'd', against: '', reason: { code: 'unreachable', text: 'It is away.' } as never }),
  ])
  expect(found.map(one => one.checksum)).toEqual(['c', 'd'])
  expect(found[0]?.findings[0]?.levels[0]?.where).toEqual(['prod (2 databases, postgres 15.20)'])
  expect(found[1]?.reasons).toEqual([{ text: 'It is away.', reviewed: false, where: [] }])
})
