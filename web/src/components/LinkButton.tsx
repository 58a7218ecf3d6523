import { Button, type ButtonProps } from '@mantine/core'
import type { ReactNode } from 'react'
import { Link } from './Link'

interface LinkButtonProps extends ButtonProps {
  to: string
  search?: Record<string, string>
  children: ReactNode
}

/** A link that looks like a button. */
export function LinkButton({ to, search, children, ...rest }: LinkButtonProps) {
  return (
    <Button
      renderRoot={props => (
        <Link to={to} search={search} {...props} style={{ ...props.style, textDecoration: 'none' }} />
      )}
      {...rest}
    >
      {children}
    </Button>
  )
}
