import type { ReactNode } from 'react'
import classes from './Badge.module.css'
import { Icon, type IconName } from './Icon'

export type Tone = 'idle' | 'run' | 'ok' | 'bad' | 'warn'

interface BadgeProps {
  icon: IconName
  tone: Tone
  /** Has no background: it is nothing special here. */
  plain?: boolean
  /** What tests and styles know the badge by. */
  state?: string | undefined
  children: ReactNode
}

/** A word with an icon and a color; never a color alone. */
export function Badge({ icon, tone, plain = false, state, children }: BadgeProps) {
  return (
    <span className={classes.badge} data-tone={tone} data-plain={plain} data-state={state}>
      <Icon name={icon} size={14} spin={icon === 'spinner'} />
      {children}
    </span>
  )
}
