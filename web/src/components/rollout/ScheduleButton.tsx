import { Button, Modal, TextInput } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useState } from 'react'
import { http, type Schemas, unwrap } from '~/api/client'
import { useWrite } from '~/hooks/use-write'
import { nextHour, ofLocal, toLocal } from '~/util/date'

interface ScheduleButtonProps {
  rollout: { id: string; projectId: string }
  environmentId: string
  environment: string
  start: Schemas['StageStart']
}

/** When a window opens, if that is what the stage waits for. */
const opening = (start: Schemas['StageStart']) =>
  start.next && start.waitsFor.some(reason => reason.code === 'window-closed') ? new Date(start.next) : undefined

/** Asks for the time at which what the page shows starts, and nothing newer. */
export function ScheduleButton({ rollout, environmentId, environment, start }: ScheduleButtonProps) {
  const [opened, { open, close }] = useDisclosure()
  const [at, setAt] = useState('')
  const time = ofLocal(at)
  const write = useWrite({
    changes: { kind: 'approval.changed', projectId: rollout.projectId, rolloutId: rollout.id },
    run: () =>
      unwrap(
        http.PUT('/api/v1/rollouts/{rollout}/stages/{environment}/schedule', {
          params: { path: { rollout: rollout.id, environment: environmentId } },
          body: { evidence: start.evidence, at: time?.toISOString() ?? '' },
        }),
      ),
    done: () => `Scheduled ${environment}.`,
    after: close,
  })
  return (
    <>
      <Button
        variant="default"
        onClick={() => {
          setAt(toLocal(opening(start) ?? nextHour(new Date())))
          open()
        }}
      >
        Schedule…
      </Button>
      <Modal
        opened={opened}
        onClose={close}
        title={`Schedule ${environment}?`}
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        <form
          className="stack"
          onSubmit={event => {
            event.preventDefault()
            write.mutate()
          }}
        >
          <p>It starts at this time, if nothing else is missing then. If a push changes it first, nothing starts.</p>
          <TextInput
            type="datetime-local"
            label="Start at"
            description={`In the time zone ${Intl.DateTimeFormat().resolvedOptions().timeZone}, within the next 30 days.`}
            required
            data-autofocus
            value={at}
            onChange={event => setAt(event.currentTarget.value)}
          />
          <div className="row" style={{ justifyContent: 'flex-end' }}>
            <Button variant="default" onClick={close}>
              Cancel
            </Button>
            <Button type="submit" loading={write.isPending} disabled={!time}>
              Schedule
            </Button>
          </div>
        </form>
      </Modal>
    </>
  )
}
