import { Button, type ButtonProps, Modal, Textarea } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useState } from 'react'
import { useWrite } from '~/hooks/use-write'

interface SkipButtonProps extends ButtonProps {
  /** The migration, by its label or its path. */
  what: string
  skip: (reason: string) => Promise<unknown>
}

/** A button that asks for a reason and skips a migration in one database. */
export function SkipButton({ what, skip, ...rest }: SkipButtonProps) {
  const [opened, { open, close }] = useDisclosure()
  const [reason, setReason] = useState('')
  const write = useWrite({ run: () => skip(reason), done: () => `${what} is skipped here.`, after: close })
  return (
    <>
      <Button variant="default" {...rest} onClick={open}>
        Skip
      </Button>
      <Modal
        opened={opened}
        onClose={close}
        title={`Skip ${what} in this database?`}
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        <form
          className="stack"
          onSubmit={event => {
            event.preventDefault()
            write.mutate()
          }}
        >
          <p>It does not run here. Later migrations run without it.</p>
          <Textarea
            label="Reason"
            description="Shown to everyone who opens this task."
            data-autofocus
            value={reason}
            onChange={event => setReason(event.currentTarget.value)}
          />
          <div className="row" style={{ justifyContent: 'flex-end' }}>
            <Button variant="default" onClick={close}>
              Cancel
            </Button>
            <Button type="submit" loading={write.isPending} disabled={!reason.trim()}>
              Skip
            </Button>
          </div>
        </form>
      </Modal>
    </>
  )
}
