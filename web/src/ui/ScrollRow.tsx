import { type ReactNode, useEffect, useRef, useState } from 'react'
import classes from './ScrollRow.module.css'

interface ScrollRowProps {
  className?: string | undefined
  label: string
  children: ReactNode
}

/**
 * A navigation in one row. Where it is wider than the screen, its edges fade on the side that hides
 * more.
 */
export function ScrollRow({ className = '', label, children }: ScrollRowProps) {
  const row = useRef<HTMLElement>(null)
  const [more, setMore] = useState('')
  useEffect(() => {
    const nav = row.current
    if (!nav) return
    const measure = () => {
      const rest = nav.scrollWidth - nav.clientWidth - nav.scrollLeft
      setMore([nav.scrollLeft > 1 && 'before', rest > 1 && 'after'].filter(Boolean).join(' '))
    }
    nav.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' })
    measure()
    const sizes = new ResizeObserver(measure)
    sizes.observe(nav)
    nav.addEventListener('scroll', measure, { passive: true })
    return () => {
      sizes.disconnect()
      nav.removeEventListener('scroll', measure)
    }
  }, [])
  return (
    <nav ref={row} className={`${classes.row} ${className}`} data-more={more} aria-label={label}>
      {children}
    </nav>
  )
}
