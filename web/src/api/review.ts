import { queryOptions } from '@tanstack/react-query'
import { http, type Schemas, unwrap } from './client'

export type Rule = Schemas['ReviewRule']
export type Policy = Schemas['ReviewPolicy']

/** What changes in a policy; the rest of it stays. */
export type PolicyChange = Schemas['ChangeReviewPolicyInputBody']

/** How much a finding matters, the gravest first. */
export const levels = ['error', 'warning', 'info', 'off'] as const
export type Level = (typeof levels)[number]

/** The rules of the SQL review. They change with the version of the server only. */
export const reviewRulesQuery = queryOptions({
  queryKey: ['review-rules'],
  queryFn: ({ signal }) => unwrap(http.GET('/api/v1/review-rules', { signal })),
  select: list => list.items,
  staleTime: Number.POSITIVE_INFINITY,
})

/** The levels of the SQL review in each environment, in the order of environments. */
export const reviewPoliciesQuery = queryOptions({
  queryKey: ['review-policies'],
  queryFn: ({ signal }) => unwrap(http.GET('/api/v1/review-policies', { signal })),
  select: list => list.items,
})

/** The level of a rule in an environment, and whether it is set there or comes with the preset. */
export function levelIn(policy: Policy, rule: Rule): { level: Level; preset: Level; set: boolean } {
  const preset = rule.levels[policy.preset]
  const own = policy.levels[rule.id] as Level | undefined
  return { level: own ?? preset, preset, set: own !== undefined }
}

/** Whether comments and towpath.yaml must not weaken a rule: it alone, or all rules. */
export function insistsOn(policy: Policy, rule: Rule): 'rule' | 'every' | '' {
  if (policy.insist.includes('*')) return 'every'
  return policy.insist.includes(rule.id) ? 'rule' : ''
}

/** A policy as it is after a change, so that the page need not wait for the answer. */
export function changed(policy: Policy, change: PolicyChange): Policy {
  const own = { ...policy.levels }
  for (const [id, level] of Object.entries(change.levels ?? {})) {
    if (level === 'default') delete own[id]
    else own[id] = level
  }
  const settings = { ...policy.settings }
  for (const [id, values] of Object.entries(change.settings ?? {})) {
    const left = Object.entries({ ...settings[id], ...values }).filter(([, value]) => value !== null)
    settings[id] = Object.fromEntries(left as [string, string][])
  }
  const insist = new Set(policy.insist)
  for (const [id, insists] of Object.entries(change.insist ?? {})) {
    if (insists) insist.add(id)
    else insist.delete(id)
  }
  return { ...policy, preset: change.preset ?? policy.preset, levels: own, settings, insist: [...insist].sort() }
}
