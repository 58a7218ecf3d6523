import { Button, Checkbox, NumberInput, TextInput } from '@mantine/core'
import type { Schemas } from '~/api/client'

type Window = Schemas['Window']

const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']

/** What is offered at first: the night for a window, whole days for a freeze. */
export function newWindow(effect: Window['effect']): Window {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions()
  return effect === 'allow'
    ? { effect, days: days.slice(0, 5), from: '22:00', minutes: 240, zone: timeZone }
    : { effect, from: '00:00', minutes: 1440, zone: timeZone }
}

interface WindowFieldsProps {
  number: number
  window: Window
  change: (window: Window) => void
  remove: () => void
}

/** The fields of one window or freeze. */
export function WindowFields({ number, window, change, remove }: WindowFieldsProps) {
  const set = (part: Partial<Window>) => change({ ...window, ...part })
  const freeze = window.effect === 'deny'
  return (
    <fieldset className="stack tight">
      <legend>
        <strong>
          {freeze ? 'Freeze' : 'Window'} {number}
        </strong>
      </legend>
      <p className="muted small">
        {freeze ? 'Nothing starts in it, whatever the windows say.' : 'Changes start only in windows.'} What runs at its
        end may finish.
      </p>
      <Checkbox.Group
        label="Days on which it begins"
        description="None is every day."
        value={window.days ?? []}
        onChange={value => set({ days: value })}
      >
        <div className="row wrap" style={{ marginTop: 8 }}>
          {days.map(day => (
            <Checkbox key={day} value={day} label={day} />
          ))}
        </div>
      </Checkbox.Group>
      <div className="row wrap">
        <TextInput
          label="From"
          placeholder="22:00"
          value={window.from}
          onChange={event => set({ from: event.currentTarget.value })}
        />
        <NumberInput
          label="Minutes"
          min={1}
          max={10_080}
          allowDecimal={false}
          value={window.minutes}
          onChange={value => set({ minutes: Number(value) })}
        />
        <TextInput
          label="Time zone"
          placeholder="Europe/Berlin"
          value={window.zone}
          onChange={event => set({ zone: event.currentTarget.value })}
        />
      </div>
      <div className="row wrap">
        <TextInput
          label="First day"
          type="date"
          value={window.firstDay ?? ''}
          onChange={event => set({ firstDay: event.currentTarget.value })}
        />
        <TextInput
          label="Last day"
          type="date"
          value={window.lastDay ?? ''}
          onChange={event => set({ lastDay: event.currentTarget.value })}
        />
        <Button variant="default" onClick={remove} style={{ alignSelf: 'flex-end' }}>
          Remove
        </Button>
      </div>
    </fieldset>
  )
}
