import { onlineManager } from '@tanstack/react-query'
import { useSyncExternalStore } from 'react'
import { Icon } from '~/ui/Icon'
import classes from './AwayBanner.module.css'

const subscribe = (listener: () => void) => onlineManager.subscribe(listener)
const isOnline = () => onlineManager.isOnline()

/** Shows that the server cannot be reached, until it can. */
export function AwayBanner() {
  const online = useSyncExternalStore(subscribe, isOnline)
  return (
    <div role="status">
      {!online && (
        <div className={classes.banner}>
          <Icon name="plug" />
          <span>
            <strong>Can’t reach the server.</strong> This page may be out of date. It reconnects on its own.
          </span>
        </div>
      )}
    </div>
  )
}
