import { insistsOn, type Level, levelIn, levels, type Policy, type PolicyChange, type Rule } from '~/api/review'
import { Icon } from '~/ui/Icon'
import classes from './Level.module.css'
import { LevelBadge, levelWords } from './LevelBadge'

interface LevelCellProps {
  rule: Rule
  policy: Policy
  /** Left out for people who only read. */
  onChange?: ((change: PolicyChange) => void) | undefined
}

/**
 * The level of a rule in an environment. The browser's own select lies over the words: it is quick
 * in hundreds of rows, and the keyboard works as everywhere.
 */
export function LevelCell({ rule, policy, onChange }: LevelCellProps) {
  const { level, preset, set } = levelIn(policy, rule)
  const insists = insistsOn(policy, rule)
  return (
    <span className={classes.cell} data-editable={onChange !== undefined} title={saying(policy, preset, set)}>
      <LevelBadge level={level} plain={!set} />
      {set && (
        <span className={classes.mark}>
          <Icon name="pencil" size={12} />
          <span className="visually-hidden">set here</span>
        </span>
      )}
      {insists && (
        <span className={classes.mark}>
          <Icon name="lock" size={12} />
          <span className="visually-hidden">must not be weakened</span>
        </span>
      )}
      {onChange && (
        <select
          className={classes.select}
          aria-label={`${rule.id} in ${policy.environment}`}
          value={set ? level : 'default'}
          onChange={event => onChange({ levels: { [rule.id]: event.currentTarget.value } })}
        >
          <option value="default">Default: {word(preset)}</option>
          {levels.map(one => (
            <option key={one} value={one}>
              {word(one)}
            </option>
          ))}
        </select>
      )}
    </span>
  )
}

const word = (level: Level) => levelWords[level][0]

function saying(policy: Policy, preset: Level, set: boolean): string {
  if (!set) return `Default of the preset ${policy.preset}`
  return `Set for ${policy.environment}. The preset ${policy.preset} says ${word(preset).toLowerCase()}.`
}
