import type { ReactNode } from 'react'
import { useTitle } from '~/hooks/use-title'
import { Icon } from '~/ui/Icon'
import { Link } from './Link'
import classes from './Page.module.css'

/** A step on the way from the top to a page. */
export interface Crumb {
  label: string
  to: string
}

interface PageProps {
  title: string
  crumbs?: Crumb[]
  /** Shown next to the title: a state, a hash. */
  beside?: ReactNode
  /** The one primary button of the page, at the top right. */
  action?: ReactNode
  /** One sentence under the title. */
  lead?: ReactNode
  children: ReactNode
}

/** The head of a page and its content. */
export function Page({ title, crumbs = [], beside, action, lead, children }: PageProps) {
  useTitle(title)
  return (
    <div className="stack">
      <header className="stack tight">
        {crumbs.length > 0 && (
          <nav aria-label="Breadcrumbs" className="row small">
            {crumbs.map((crumb, index) => (
              <span key={crumb.to} className={`row ${classes.crumb}`}>
                {index > 0 && (
                  <span className="muted">
                    <Icon name="chevronRight" size={12} />
                  </span>
                )}
                <Link to={crumb.to} title={crumb.label}>
                  {crumb.label}
                </Link>
              </span>
            ))}
          </nav>
        )}
        <div className="row between wrap">
          <div className="row wrap" style={{ minWidth: 0 }}>
            <h1 className="wrap-any">{title}</h1>
            {beside}
          </div>
          {action && <div className="row wrap">{action}</div>}
        </div>
        {lead && <p className="muted reading">{lead}</p>}
      </header>
      {children}
    </div>
  )
}
