import type { ReactNode } from 'react'
import { Icon, type IconName } from './Icon'
import classes from './Notice.module.css'

/** The importance of a notice. */
export type NoticeKind = 'info' | 'ok' | 'warning' | 'error'

const icons: Record<NoticeKind, IconName> = { info: 'info', ok: 'check', warning: 'alert', error: 'cross' }

interface NoticeProps {
  kind: NoticeKind
  title?: string | undefined
  children?: ReactNode
  action?: ReactNode
}

/** Something that people should know, with its way out. Screen readers read errors at once. */
export function Notice({ kind, title, children, action }: NoticeProps) {
  return (
    <div className={classes.notice} data-kind={kind} role={kind === 'error' ? 'alert' : 'status'}>
      <Icon name={icons[kind]} size={18} />
      <div className="grow wrap-any">
        {title && <strong>{title}</strong>}
        {children && <div>{children}</div>}
      </div>
      {action}
    </div>
  )
}
