import { Skeleton as Bar } from '@mantine/core'
import { useEffect, useState } from 'react'

/** Bars of the shape of what is to come, after 200 ms: quick answers need none. */
export function SkeletonRows({ rows = 6, height = 36 }: { rows?: number; height?: number }) {
  const [shown, setShown] = useState(false)
  useEffect(() => {
    const timer = window.setTimeout(() => setShown(true), 200)
    return () => window.clearTimeout(timer)
  }, [])
  return (
    <div className="stack tight" aria-busy="true" style={{ minHeight: rows * (height + 8) }}>
      {shown && Array.from({ length: rows }, (_, i) => <Bar key={`row-${String(i)}`} height={height} radius="sm" />)}
      <span className="visually-hidden">Loading</span>
    </div>
  )
}
