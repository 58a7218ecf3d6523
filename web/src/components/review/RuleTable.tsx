import { ActionIcon, Tooltip } from '@mantine/core'
import { useLocation } from '@tanstack/react-router'
import { type KeyboardEvent, useCallback, useEffect, useState } from 'react'
import type { Policy, PolicyChange, Rule } from '~/api/review'
import { Icon } from '~/ui/Icon'
import { count } from '~/util/str'
import { RuleRow } from './RuleRow'
import classes from './Rules.module.css'

/** Changes the policy of an environment. */
export type ChangePolicy = (environment: string, change: PolicyChange) => void

interface RuleTableProps {
  rules: Rule[]
  policies: Policy[]
  /** Left out for people who only read. */
  onChange?: ChangePolicy | undefined
}

/**
 * All rules by groups, with a column for each environment. A rule opens to its example; the rule
 * that the address names is open from the start.
 */
export function RuleTable({ rules, policies, onChange }: RuleTableProps) {
  const named = useLocation({ select: location => location.hash })
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set([named]))
  const toggle = useCallback((id: string) => {
    setOpen(before => {
      const after = new Set(before)
      if (!after.delete(id)) after.add(id)
      return after
    })
  }, [])
  useEffect(() => {
    if (!named) return
    setOpen(before => new Set([...before, named]))
    document.getElementById(named)?.scrollIntoView({ block: 'start' })
  }, [named])
  return (
    <div className={classes.frame} data-many={policies.length > 5}>
      <table className={classes.table} aria-label="Rules" onKeyDown={moveBetweenRules}>
        <thead className={classes.head}>
          <tr>
            <th scope="col">Rule</th>
            <th scope="col">For</th>
            {policies.map(policy => (
              <EnvironmentHead key={policy.environmentId} policy={policy} onChange={onChange} />
            ))}
          </tr>
        </thead>
        {groupsOf(rules).map(([group, members]) => (
          <tbody key={group}>
            <tr className={classes.group}>
              <th scope="rowgroup" colSpan={2 + policies.length}>
                {group} <span>{count(members.length, 'rule')}</span>
              </th>
            </tr>
            {members.map(rule => (
              <RuleRow
                key={rule.id}
                rule={rule}
                policies={policies}
                open={open.has(rule.id)}
                onToggle={toggle}
                onChange={onChange}
              />
            ))}
          </tbody>
        ))}
      </table>
    </div>
  )
}

const presets = ['recommended', 'strict', 'quiet'] as const

/** The preset of an environment, and whether it insists on every rule. */
function EnvironmentHead({ policy, onChange }: { policy: Policy; onChange: ChangePolicy | undefined }) {
  const every = policy.insist.includes('*')
  return (
    <th scope="col" className={classes.environment}>
      <span>{policy.environment}</span>
      <span className={classes.preset}>
        {onChange ? (
          <select
            aria-label={`Preset of ${policy.environment}`}
            value={policy.preset}
            onChange={event =>
              onChange(policy.environmentId, { preset: event.currentTarget.value as Policy['preset'] })
            }
          >
            {presets.map(preset => (
              <option key={preset} value={preset}>
                {preset}
              </option>
            ))}
          </select>
        ) : (
          <span className={classes.word}>{policy.preset}</span>
        )}
        {onChange ? (
          <Tooltip
            multiline
            w={260}
            label={
              every
                ? 'No rule can be weakened here. Click to let comments and towpath.yaml weaken rules again.'
                : 'Click to keep comments and towpath.yaml from weakening any rule here.'
            }
          >
            <ActionIcon
              size="sm"
              variant={every ? 'light' : 'subtle'}
              color={every ? 'water' : 'gray'}
              aria-pressed={every}
              aria-label={`Insist on every rule in ${policy.environment}`}
              onClick={() => onChange(policy.environmentId, { insist: { '*': !every } })}
            >
              <Icon name={every ? 'lock' : 'lockOpen'} size={14} />
            </ActionIcon>
          </Tooltip>
        ) : (
          every && <Icon name="lock" size={14} />
        )}
      </span>
    </th>
  )
}

/** The rules by their groups, which follow each other in the list. */
function groupsOf(rules: Rule[]): [string, Rule[]][] {
  const groups = new Map<string, Rule[]>()
  for (const rule of rules) groups.set(rule.group, [...(groups.get(rule.group) ?? []), rule])
  return [...groups]
}

/** Moves the focus with j, k and the arrows while it is on the name of a rule. */
function moveBetweenRules(event: KeyboardEvent<HTMLTableElement>) {
  const by = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 }[event.key]
  const from = event.target as HTMLElement
  if (!by || !from.matches('[data-rule]')) return
  const names = [...event.currentTarget.querySelectorAll<HTMLElement>('[data-rule]')]
  const next = names[names.indexOf(from) + by]
  event.preventDefault()
  next?.focus()
}
