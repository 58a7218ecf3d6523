import type { ReactNode } from 'react'
import { Icon, type IconName } from './Icon'

interface EmptyStateProps {
  icon: IconName
  /** One sentence: what is missing and how to add it. */
  children: ReactNode
  /** The one button of the next step. */
  action?: ReactNode
}

/** Shown where a list is empty. */
export function EmptyState({ icon, children, action }: EmptyStateProps) {
  return (
    <div className="stack" style={{ alignItems: 'center', padding: '32px 16px', textAlign: 'center' }}>
      <span className="muted">
        <Icon name={icon} size={32} />
      </span>
      <p className="muted" style={{ maxWidth: 480 }}>
        {children}
      </p>
      {action}
    </div>
  )
}
