import { Button } from '@mantine/core'
import type { FormEvent, ReactNode } from 'react'
import { Notice } from '~/ui/Notice'

interface FormFrameProps {
  onSubmit: (event: FormEvent) => void
  busy: boolean
  /** The error about the whole form; "" for none. */
  problem: string
  /** The verb. */
  submit: string
  /** The page has another form whose button is the primary one. */
  quiet?: boolean
  disabled?: boolean
  /** Shown next to the submit button: another way out. */
  aside?: ReactNode
  children: ReactNode
}

/**
 * The frame of every form: fields, the error about the whole form, and the button with the verb.
 */
export function FormFrame({
  onSubmit,
  busy,
  problem,
  submit,
  quiet = false,
  disabled = false,
  aside,
  children,
}: FormFrameProps) {
  return (
    <form onSubmit={onSubmit} className="stack" noValidate>
      {children}
      {problem && <Notice kind="error">{problem}</Notice>}
      <div className="row wrap">
        <Button type="submit" variant={quiet ? 'default' : 'filled'} loading={busy} disabled={disabled}>
          {submit}
        </Button>
        {aside}
      </div>
    </form>
  )
}
