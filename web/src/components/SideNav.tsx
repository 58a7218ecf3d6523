import type { ReactNode } from 'react'
import { ScrollRow } from '~/ui/ScrollRow'
import { Link } from './Link'
import classes from './SideNav.module.css'

/** A named group of links in a sidebar. */
export interface SideGroup {
  title: string
  links: { label: string; to: string }[]
}

/**
 * A sidebar with groups of links and the page next to it. On narrow screens it is one row above the
 * page.
 */
export function SideNav({ label, groups, children }: { label: string; groups: SideGroup[]; children: ReactNode }) {
  return (
    <div className={classes.frame}>
      <ScrollRow className={classes.side} label={label}>
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
      </ScrollRow>
      <div className={classes.page}>{children}</div>
    </div>
  )
}
