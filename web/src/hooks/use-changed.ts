import { useEffect, useRef, useState } from 'react'

/** Reports whether the value has changed within the last moment; not on the first render. */
export function useChanged(value: unknown): boolean {
  const before = useRef(value)
  const [changed, setChanged] = useState(false)
  useEffect(() => {
    if (Object.is(before.current, value)) return
    before.current = value
    setChanged(true)
    const timer = window.setTimeout(() => setChanged(false), 1300)
    return () => window.clearTimeout(timer)
  }, [value])
  return changed
}
