import { useQuery } from '@tanstack/react-query'
import { lazy, type ReactNode, Suspense, useEffect, useState } from 'react'
import { inboxCountQuery, sessionQuery, versionQuery } from '~/api/queries'
import { useLive } from '~/hooks/use-live'
import { Icon } from '~/ui/Icon'
import { ScrollRow } from '~/ui/ScrollRow'
import { pb } from '~/util/path-builder'
import classes from './AppFrame.module.css'
import { AvatarMenu } from './AvatarMenu'
import { AwayBanner } from './AwayBanner'
import { Link } from './Link'
import { PausedBanner } from './Pauses'

const loadPalette = () => import('./CommandPalette')
const CommandPalette = lazy(() => loadPalette().then(module => ({ default: module.CommandPalette })))

const places: [string, string][] = [
  ['Rollouts', pb.rollouts()],
  ['Projects', pb.projects()],
  ['Databases', pb.databases()],
  ['Instances', pb.instances()],
  ['Environments', pb.environments()],
  ['Settings', pb.settings()],
]

/** The bar at the top and the page below it. */
export function AppFrame({ children }: { children: ReactNode }) {
  const session = useQuery(sessionQuery)
  const [palette, setPalette] = useState(false)
  const ready = useLive()
  useEffect(() => {
    const open = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
        event.preventDefault()
        setPalette(true)
      }
    }
    const timer = window.setTimeout(loadPalette, 1000) // so that nothing typed after Ctrl-K is lost
    window.addEventListener('keydown', open)
    return () => {
      window.clearTimeout(timer)
      window.removeEventListener('keydown', open)
    }
  }, [])
  return (
    <>
      <a className={classes.skip} href="#content">
        Skip to the content
      </a>
      <header className={classes.bar}>
        <Link to={pb.home()} className={classes.mark} exact aria-label="Towpath, start page">
          <img src="/favicon.svg" width={22} height={22} alt="" />
          <span>Towpath</span>
        </Link>
        <ScrollRow className={classes.nav} label="Main">
          <Inbox ready={ready} />
          {places.map(([label, to]) => (
            <Link key={to} to={to}>
              {label}
            </Link>
          ))}
        </ScrollRow>
        <button
          type="button"
          className={classes.search}
          onClick={() => setPalette(true)}
          aria-keyshortcuts="Control+K Meta+K"
        >
          <Icon name="search" />
          <span>Go to</span>
          <kbd>Ctrl K</kbd>
        </button>
        {session.data && <AvatarMenu member={session.data.member} />}
      </header>
      <AwayBanner />
      <main id="content" className={classes.content} tabIndex={-1}>
        {ready && <PausedBanner />}
        {ready && children}
      </main>
      {ready && <Version />}
      {palette && (
        <Suspense>
          <CommandPalette close={() => setPalette(false)} />
        </Suspense>
      )}
    </>
  )
}

/** Says which build of the server runs, for reports of problems. */
function Version() {
  const { data: build } = useQuery(versionQuery)
  if (!build) return null
  return (
    <footer className={classes.foot}>
      Towpath {build.version}
      {build.commit && ` · ${build.commit.slice(0, 12)}`}
    </footer>
  )
}

/** Leads to what waits for the member, with how much it is. */
function Inbox({ ready }: { ready: boolean }) {
  const { data: waiting = 0 } = useQuery({ ...inboxCountQuery, enabled: ready })
  return <Link to={pb.inbox()}>{waiting > 0 ? `Inbox (${waiting})` : 'Inbox'}</Link>
}
