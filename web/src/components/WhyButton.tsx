import { Button, type ButtonProps, Modal, Textarea } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { type ReactNode, useState } from 'react'
import { useWrite } from '~/hooks/use-write'

interface WhyButtonProps extends ButtonProps {
  verb: string
  /** The question, which names the thing. */
  title: string
  /** The consequences. */
  children: ReactNode
  /** Who sees the reason. */
  shown: string
  /** The label of the button that asks; the verb if left out. */
  label?: string
  /** Whether it may be left out. */
  optional?: boolean
  /** What the text is; a reason if left out. */
  asks?: string
  run: (reason: string) => Promise<unknown>
  done: () => string
}

/** A button that asks for a reason before it acts. */
export function WhyButton({
  verb,
  title,
  children,
  shown,
  label = verb,
  optional,
  asks = 'Reason',
  run,
  done,
  ...rest
}: WhyButtonProps) {
  const [opened, { open, close }] = useDisclosure()
  const [reason, setReason] = useState('')
  const write = useWrite({ run: () => run(reason), done, after: close })
  return (
    <>
      <Button variant="default" {...rest} onClick={open}>
        {label}
      </Button>
      <Modal opened={opened} onClose={close} title={title} closeButtonProps={{ 'aria-label': 'Close' }}>
        <form
          className="stack"
          onSubmit={event => {
            event.preventDefault()
            write.mutate()
          }}
        >
          <p>{children}</p>
          <Textarea
            label={asks}
            description={shown}
            data-autofocus
            value={reason}
            onChange={event => setReason(event.currentTarget.value)}
          />
          <div className="row" style={{ justifyContent: 'flex-end' }}>
            <Button variant="default" onClick={close}>
              Cancel
            </Button>
            <Button type="submit" loading={write.isPending} disabled={!optional && !reason.trim()}>
              {verb}
            </Button>
          </div>
        </form>
      </Modal>
    </>
  )
}
