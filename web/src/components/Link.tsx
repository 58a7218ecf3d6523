import { Link as RouterLink } from '@tanstack/react-router'
import type { ComponentProps, ReactNode } from 'react'

interface LinkProps extends Omit<ComponentProps<'a'>, 'href' | 'ref' | 'target'> {
  /** An address of the path builder. */
  to: string
  search?: Record<string, string> | undefined
  /** The place on the page: the id of an element. */
  hash?: string | undefined
  /** Marks the link as the current one only at exactly this address. */
  exact?: boolean
  children?: ReactNode
}

/** A link within the console. Its page is prefetched when the pointer comes near. */
export function Link({ to, search, hash, exact = false, children, ...rest }: LinkProps) {
  return (
    <RouterLink
      to={to}
      search={(search ?? {}) as never}
      {...(hash ? { hash } : {})}
      activeOptions={{ exact, includeSearch: false }}
      {...rest}
    >
      {children}
    </RouterLink>
  )
}
