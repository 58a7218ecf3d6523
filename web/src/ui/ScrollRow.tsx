import { type ReactNode, useEffect, useRef, useState } from 'react'
import classes from './ScrollRow.module.css'

/**
 * Makes a row scroll where it is wider than the screen. Its edges fade on the side that hides more,
 * and what is chosen in it is in sight.
 */
export function useScrollRow<E extends HTMLElement>() {
  const row = useRef<E>(null)
  const [more, setMore] = useState('')
  useEffect(() => {
    const element = row.current
    if (!element) return
    const measure = () => {
      const rest = element.scrollWidth - element.clientWidth - element.scrollLeft
      setMore([element.scrollLeft > 1 && 'before', rest > 1 && 'after'].filter(Boolean).join(' '))
    }
    let first = true
    // its first call comes after the layout, which reading a size here would do once more
    const sizes = new ResizeObserver(() => {
      if (first && element.scrollWidth > element.clientWidth) showChosen(element)
      first = false
      measure()
    })
    sizes.observe(element)
    element.addEventListener('scroll', measure, { passive: true })
    return () => {
      sizes.disconnect()
      element.removeEventListener('scroll', measure)
    }
  }, [])
  return { ref: row, className: classes.row, 'data-more': more }
}

/** Scrolls a row until what is chosen in it is in the middle. */
function showChosen(row: HTMLElement) {
  const chosen = row.querySelector<HTMLElement>('[aria-current], [aria-pressed="true"]')
  if (chosen) row.scrollLeft = chosen.offsetLeft + chosen.offsetWidth / 2 - row.clientWidth / 2
}

interface ScrollRowProps {
  className?: string | undefined
  label: string
  children: ReactNode
}

/** A navigation in one row. */
export function ScrollRow({ className = '', label, children }: ScrollRowProps) {
  const row = useScrollRow<HTMLElement>()
  return (
    <nav {...row} className={`${row.className} ${className}`} aria-label={label}>
      {children}
    </nav>
  )
}
