import { expect, it } from 'vitest'
import { changed, insistsOn, levelIn, type Policy, type Rule } from './review'

const policy: Policy = {
  environmentId: 'e',
  environment: 'prod',
  preset: 'strict',
  levels: { PL01: 'off' },
  settings: { NM02: { format: 'a' } },
  insist: ['DS03'],
}
const rule = (id: string) =>
  ({ id, levels: { recommended: 'info', strict: 'warning', quiet: 'off' } }) as Partial<Rule> as Rule

it('takes a level from the preset unless it is set', () => {
  expect(levelIn(policy, rule('PL01'))).toEqual({ level: 'off', preset: 'warning', set: true })
  expect(levelIn(policy, rule('DS03'))).toEqual({ level: 'warning', preset: 'warning', set: false })
  expect(levelIn({ ...policy, preset: 'quiet' }, rule('DS03')).level).toBe('off')
})

it('knows on which rules an environment insists', () => {
  expect(insistsOn(policy, rule('DS03'))).toBe('rule')
  expect(insistsOn(policy, rule('PL01'))).toBe('')
  expect(insistsOn({ ...policy, insist: ['*', 'DS03'] }, rule('PL01'))).toBe('every')
})

it('changes what a change names, and nothing else', () => {
  const after = changed(policy, {
    preset: 'quiet',
    levels: { PL01: 'default', ST03: 'error' },
    settings: { NM02: { format: null }, TB04: { limit: '7' } },
    insist: { DS03: false, '*': true },
  })
  expect(after).toEqual({
    environmentId: 'e',
    environment: 'prod',
    preset: 'quiet',
    levels: { ST03: 'error' },
    settings: { NM02: {}, TB04: { limit: '7' } },
    insist: ['*'],
  })
  expect(policy.levels).toEqual({ PL01: 'off' })
})
