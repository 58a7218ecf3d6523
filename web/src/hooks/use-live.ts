import { useEffect, useState } from 'react'
import { live } from '~/api/live'

/** Keeps the page up to date while it is shown. It returns whether the page may load. */
export function useLive(): boolean {
  const [ready, setReady] = useState(false)
  useEffect(() => {
    void live.open().then(() => setReady(true))
    return () => live.close()
  }, [])
  return ready
}
