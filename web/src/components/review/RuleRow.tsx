import { memo } from 'react'
import { insistsOn, type Policy, type Rule } from '~/api/review'
import { Icon } from '~/ui/Icon'
import { LevelCell } from './LevelCell'
import { RuleDetail } from './RuleDetail'
import classes from './Rules.module.css'
import type { ChangePolicy } from './RuleTable'

interface RuleRowProps {
  rule: Rule
  policies: Policy[]
  open: boolean
  onToggle: (id: string) => void
  onChange: ChangePolicy | undefined
}

/** The names of dialects, as short as people know them. */
export const dialects: Record<string, string> = { postgres: 'PostgreSQL', mysql: 'MySQL', sqlite: 'SQLite' }

/** A rule with its level in each environment. It renders only when something of this rule changes. */
export const RuleRow = memo(function RuleRow({ rule, policies, open, onToggle, onChange }: RuleRowProps) {
  return (
    <>
      <tr id={rule.id} className={classes.rule} data-open={open}>
        <th scope="row">
          <button
            type="button"
            data-rule={rule.id}
            aria-expanded={open}
            className={classes.name}
            onClick={() => onToggle(rule.id)}
          >
            <Icon name={open ? 'chevronDown' : 'chevronRight'} size={14} />
            <span className="mono">{rule.id}</span>
            <span>{rule.title}</span>
          </button>
        </th>
        <td className={classes.dialects}>
          {rule.dialects.length === 3 ? 'All' : rule.dialects.map(one => dialects[one] ?? one).join(', ')}
        </td>
        {policies.map(policy => (
          <td key={policy.environmentId} data-environment={policy.environment}>
            <LevelCell
              rule={rule}
              policy={policy}
              onChange={onChange && (change => onChange(policy.environmentId, change))}
            />
          </td>
        ))}
      </tr>
      {open && (
        <tr className={classes.detail}>
          <td colSpan={2 + policies.length}>
            <RuleDetail rule={rule} policies={policies} onChange={onChange} />
          </td>
        </tr>
      )}
    </>
  )
}, sameRow)

function sameRow(a: RuleRowProps, b: RuleRowProps): boolean {
  return (
    a.rule === b.rule &&
    a.open === b.open &&
    a.onChange === b.onChange &&
    a.onToggle === b.onToggle &&
    a.policies.length === b.policies.length &&
    a.policies.every((policy, i) => samePolicy(a.rule, policy, b.policies[i]))
  )
}

function samePolicy(rule: Rule, a: Policy, b: Policy | undefined): boolean {
  return (
    b !== undefined &&
    a.environmentId === b.environmentId &&
    a.environment === b.environment &&
    a.preset === b.preset &&
    a.levels[rule.id] === b.levels[rule.id] &&
    insistsOn(a, rule) === insistsOn(b, rule) &&
    JSON.stringify(a.settings[rule.id]) === JSON.stringify(b.settings[rule.id])
  )
}
