import { ScrollRow } from '~/ui/ScrollRow'
import { Link } from './Link'
import classes from './Tabs.module.css'

/** Tabs that are separate pages. */
export function Tabs({ label, tabs }: { label: string; tabs: { label: string; to: string; exact?: boolean }[] }) {
  return (
    <ScrollRow className={classes.tabs} label={label}>
      {tabs.map(tab => (
        <Link key={tab.to} to={tab.to} exact={tab.exact ?? false}>
          {tab.label}
        </Link>
      ))}
    </ScrollRow>
  )
}
