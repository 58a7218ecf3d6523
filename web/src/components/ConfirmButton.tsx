import { Button, type ButtonProps, Modal } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import type { ReactNode } from 'react'

interface ConfirmButtonProps extends ButtonProps {
  /** The question, which names the thing. */
  title: string
  /** The consequences. */
  children: ReactNode
  /** The verb on both buttons. */
  verb: string
  /** The label of the button that does nothing; needed where the verb itself is "Cancel". */
  back?: string
  danger?: boolean
  onConfirm: () => void
}

/** A button that asks once before it acts. */
export function ConfirmButton({
  title,
  children,
  verb,
  back = 'Cancel',
  danger = false,
  onConfirm,
  ...rest
}: ConfirmButtonProps) {
  const [opened, { open, close }] = useDisclosure()
  return (
    <>
      <Button variant="default" {...rest} onClick={open}>
        {verb}
      </Button>
      <Modal opened={opened} onClose={close} title={title} closeButtonProps={{ 'aria-label': 'Close' }}>
        <div className="stack">
          <div>{children}</div>
          <div className="row" style={{ justifyContent: 'flex-end' }}>
            <Button variant="default" onClick={close}>
              {back}
            </Button>
            <Button
              {...(danger ? { color: 'red.9' } : {})}
              data-autofocus
              onClick={() => {
                close()
                onConfirm()
              }}
            >
              {verb}
            </Button>
          </div>
        </div>
      </Modal>
    </>
  )
}
