import type { ReactNode } from 'react'
import { Link } from './Link'
import classes from './SideNav.module.css'

/** A named group of links in a sidebar. */
export interface SideGroup {
  title: string
  links: { label: string; to: string }[]
}

/**
 * A sidebar with groups of links and the page next to it. On narrow screens it is above the page.
 */
export function SideNav({ label, groups, children }: { label: string; groups: SideGroup[]; children: ReactNode }) {
  return (
    <div className={classes.frame}>
      <nav className={classes.side} aria-label={label}>
        {groups.map(group => (
          <div key={group.title} className={classes.group}>
            <div className={classes.title}>{group.title}</div>
            {group.links.map(link => (
              <Link key={link.to} to={link.to}>
                {link.label}
              </Link>
            ))}
          </div>
        ))}
      </nav>
      <div className={classes.page}>{children}</div>
    </div>
  )
}
