import { NativeSelect, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useCallback, useDeferredValue, useEffect, useRef } from 'react'
import { can } from '~/api/can'
import { sessionQuery } from '~/api/queries'
import {
  type Level,
  levelIn,
  levels,
  type Policy,
  type Rule,
  reviewPoliciesQuery,
  reviewRulesQuery,
} from '~/api/review'
import { FilterChips } from '~/components/FilterChips'
import { Link } from '~/components/Link'
import { Loaded } from '~/components/Loaded'
import { Page } from '~/components/Page'
import { levelWords } from '~/components/review/LevelBadge'
import { dialects } from '~/components/review/RuleRow'
import { type ChangePolicy, RuleTable } from '~/components/review/RuleTable'
import { useFilter } from '~/hooks/use-params'
import { useReviewChange } from '~/hooks/use-review-change'
import { EmptyState } from '~/ui/EmptyState'
import { Notice } from '~/ui/Notice'
import { pb } from '~/util/path-builder'
import { count, matches } from '~/util/str'

/** The rules of the SQL review, with their level in each environment. */
export default function ReviewPage() {
  const rules = useQuery(reviewRulesQuery)
  const policies = useQuery(reviewPoliciesQuery)
  return (
    <Page
      title="SQL review"
      lead="Each file is reviewed before it runs. An error fails the build status of its commit; nothing stops a rollout. A repository’s towpath.yaml can raise and lower levels, and a comment can allow one finding, unless an environment keeps them from it."
    >
      <Loaded query={rules}>
        {all => <Loaded query={policies}>{list => <Rules rules={all} policies={list} />}</Loaded>}
      </Loaded>
    </Page>
  )
}

function Rules({ rules, policies }: { rules: Rule[]; policies: Policy[] }) {
  const manages = can(useQuery(sessionQuery).data, 'environments.manage')
  const [search, setSearch] = useFilter('search')
  const [dialect, setDialect] = useFilter('dialect')
  const [group, setGroup] = useFilter('group')
  const [level, setLevel] = useFilter('level')
  const { mutate } = useReviewChange()
  const change: ChangePolicy = useCallback((environment, to) => mutate({ environment, change: to }), [mutate])
  const words = useDeferredValue(search)
  const found = rules.filter(
    rule =>
      (!dialect || rule.dialects.includes(dialect)) &&
      (!group || rule.group === group) &&
      isAt(rule, policies, level) &&
      matches(wordsOf(rule), words),
  )
  return (
    <div className="stack">
      <div className="row wrap">
        <Search value={search} onChange={setSearch} />
        <NativeSelect
          aria-label="Group"
          w={220}
          data={[{ value: '', label: 'All groups' }, ...new Set(rules.map(rule => rule.group))]}
          value={group}
          onChange={event => setGroup(event.currentTarget.value)}
        />
        <FilterChips
          label="Dialect"
          options={[['', 'All dialects'], ...Object.entries(dialects)]}
          value={dialect}
          onChange={setDialect}
        />
        {policies.length > 0 && (
          <FilterChips
            label="Level"
            options={[
              ['', 'All levels'],
              ...levels.map(one => [one as string, levelWords[one][0]] as const),
              ['set', 'Changed'],
            ]}
            value={level}
            onChange={setLevel}
          />
        )}
        <span className="muted" role="status">
          {found.length === rules.length
            ? count(rules.length, 'rule')
            : `${found.length} of ${count(rules.length, 'rule')}`}
        </span>
      </div>
      {policies.length === 0 && (
        <Notice kind="info" title="There are no environments yet">
          Levels are set for each environment. <Link to={pb.environments()}>Add an environment</Link> first.
        </Notice>
      )}
      {!manages && <p className="muted">Owners and DBAs of the workspace set the levels.</p>}
      {found.length === 0 ? (
        <EmptyState icon="search">No rule matches.</EmptyState>
      ) : (
        <RuleTable rules={found} policies={policies} onChange={manages ? change : undefined} />
      )}
    </div>
  )
}

/** A search field that the key / focuses. */
function Search({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const field = useRef<HTMLInputElement>(null)
  useEffect(() => {
    const focus = (event: KeyboardEvent) => {
      if (event.key !== '/' || (event.target as HTMLElement).closest('input, select, textarea')) return
      event.preventDefault()
      field.current?.focus()
    }
    document.addEventListener('keydown', focus)
    return () => document.removeEventListener('keydown', focus)
  }, [])
  return (
    <TextInput
      ref={field}
      aria-label="Search rules"
      placeholder="Search by id or words"
      value={value}
      onChange={event => onChange(event.currentTarget.value)}
    />
  )
}

/** Reports whether a rule has the level in an environment, or with "set" one that is not its preset's. */
function isAt(rule: Rule, policies: Policy[], wanted: string): boolean {
  if (!wanted) return true
  return policies.some(policy => {
    const { level, set } = levelIn(policy, rule)
    return wanted === 'set'
      ? set || rule.id in policy.settings || policy.insist.includes(rule.id)
      : level === (wanted as Level)
  })
}

function wordsOf(rule: Rule): string {
  return [rule.id, rule.title, rule.why, rule.group, ...rule.settings.map(one => one.name)].join(' ')
}
