import { Skeleton as Bar } from '@mantine/core'
import { useEffect, useState } from 'react'

interface SkeletonProps {
  rows?: number
  height?: number
  /** Milliseconds before the bars show; quick answers need none. */
  after?: number
}

/** Bars in the shape of what is loading. */
export function SkeletonRows({ rows = 6, height = 36, after = 200 }: SkeletonProps) {
  const [shown, setShown] = useState(after === 0)
  useEffect(() => {
    const timer = window.setTimeout(() => setShown(true), after)
    return () => window.clearTimeout(timer)
  }, [after])
  return (
    <div className="stack tight" aria-busy="true" style={{ minHeight: rows * (height + 8) }}>
      {shown && Array.from({ length: rows }, (_, i) => <Bar key={`row-${String(i)}`} height={height} radius="sm" />)}
      <span className="visually-hidden">Loading</span>
    </div>
  )
}
