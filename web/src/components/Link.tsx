import { Link as RouterLink, useRouter } from '@tanstack/react-router'
import type { ComponentProps, MouseEvent, ReactNode } from 'react'

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

interface ListLinkProps extends Omit<ComponentProps<'a'>, 'href' | 'ref' | 'target' | 'onClick'> {
  /** An address of the path builder. */
  to: string
  children?: ReactNode
}

/** The page of the link that the pointer or the focus is at is prefetched then. */
let near = 0

/** A link of which a page has hundreds: it is never marked as the current one, and costs far less time. */
export function ListLink({ to, children, ...rest }: ListLinkProps) {
  const router = useRouter()
  const leave = () => window.clearTimeout(near)
  const come = () => {
    leave()
    near = window.setTimeout(() => void router.preloadRoute({ to }), router.options.defaultPreloadDelay)
  }
  const open = (event: MouseEvent) => {
    if (event.button !== 0 || event.metaKey || event.altKey || event.ctrlKey || event.shiftKey) return
    event.preventDefault()
    leave()
    void router.navigate({ to })
  }
  return (
    <a href={to} onClick={open} onPointerEnter={come} onPointerLeave={leave} onFocus={come} onBlur={leave} {...rest}>
      {children}
    </a>
  )
}
