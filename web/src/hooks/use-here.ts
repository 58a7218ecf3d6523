import { type RefObject, useEffect, useRef } from 'react'

/** Is true while the page is open: who has left it in the meantime is not taken elsewhere. */
export function useHere(): RefObject<boolean> {
  const here = useRef(true)
  useEffect(() => {
    here.current = true
    return () => {
      here.current = false
    }
  }, [])
  return here
}
