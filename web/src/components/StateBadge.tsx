import { Badge, type Tone } from '~/ui/Badge'
import { Icon, type IconName } from '~/ui/Icon'
import classes from './StateBadge.module.css'

/** Every state in the API, with its word, icon and color. */
const states: Record<string, [word: string, icon: IconName, tone: Tone]> = {
  pending: ['Pending', 'clock', 'idle'],
  'would-run': ['Will run', 'play', 'run'],
  planned: ['Planned', 'clock', 'idle'],
  waiting: ['Waiting', 'clock', 'idle'],
  held: ['Held', 'hand', 'warn'],
  running: ['Running', 'spinner', 'run'],
  done: ['Done', 'check', 'ok'],
  failed: ['Failed', 'cross', 'bad'],
  'rolled-back': ['Rolled back', 'undo', 'idle'],
  unknown: ['Unknown', 'question', 'warn'],
  skipped: ['Skipped', 'dash', 'idle'],
  cancelled: ['Cancelled', 'dash', 'idle'],
  superseded: ['Superseded', 'dash', 'idle'],
  applied: ['Applied', 'check', 'ok'],
  undone: ['Undone', 'undo', 'idle'],
  recorded: ['Recorded', 'check', 'ok'],
  baselined: ['Baselined', 'check', 'ok'],
  edited: ['Edited', 'pencil', 'warn'],
  renamed: ['Renamed', 'pencil', 'warn'],
  moved: ['Moved', 'hand', 'warn'],
  conflict: ['Conflict', 'alert', 'bad'],
  blocked: ['Blocked', 'clock', 'warn'],
  refused: ['Refused', 'cross', 'bad'],
  unreachable: ['Unreachable', 'plug', 'bad'],
  'foreign-ledger': ['Foreign ledger', 'question', 'warn'],
  unusable: ['Unusable', 'alert', 'bad'],
  tampered: ['Tampered', 'alert', 'bad'],
  restored: ['Restored', 'question', 'warn'],
  'no-target': ['No target', 'alert', 'warn'],
  ambiguous: ['Ambiguous', 'alert', 'warn'],
  ignored: ['Ignored', 'dash', 'idle'],
  delivered: ['Delivered', 'check', 'ok'],
  accepted: ['Accepted', 'check', 'ok'],
  active: ['Active', 'check', 'ok'],
  polling: ['Polling', 'refresh', 'idle'],
  same: ['As expected', 'check', 'ok'],
  drifted: ['Drifted', 'alert', 'warn'],
  missing: ['Missing', 'alert', 'warn'],
  healthy: ['Healthy', 'check', 'ok'],
  connected: ['Connected', 'plug', 'idle'],
  attention: ['Needs attention', 'alert', 'warn'],
  unplanned: ['Files need attention', 'alert', 'warn'],
  invited: ['Invited', 'clock', 'idle'],
  service: ['Service account', 'key', 'idle'],
  deactivated: ['Deactivated', 'dash', 'idle'],
  matched: ['Matched', 'check', 'ok'],
  verified: ['Verified', 'check', 'ok'],
}

interface StateBadgeProps {
  state: string
  /** Details of the state: "for staging", "3 of 12". */
  detail?: string | undefined
}

/** A state as a word, an icon and a color; never as a color alone. */
export function StateBadge({ state, detail }: StateBadgeProps) {
  const [word, icon, tone] = states[state] ?? [state, 'question', 'idle']
  return (
    <Badge icon={icon} tone={tone} state={state}>
      {word}
      {detail && <span className={classes.detail}>{detail}</span>}
    </Badge>
  )
}

/** A state as an icon in a dot, where there is no room for its word; both are in its name. */
export function StateDot({ state, of }: { state: string; of: string }) {
  const [word, icon, tone] = states[state] ?? [state, 'question', 'idle']
  const name = `${of}: ${word}`
  return (
    <span className={classes.dot} data-tone={tone} role="img" aria-label={name} title={name}>
      <Icon name={icon} size={12} spin={icon === 'spinner'} />
    </span>
  )
}
