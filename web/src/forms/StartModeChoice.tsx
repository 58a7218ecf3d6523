import { Checkbox } from '@mantine/core'
import type { Schemas } from '~/api/client'

export type StartMode = Schemas['Environment']['start']

/** What is offered for a new environment: one that is named like production waits for a person. */
export function startFor(name: string): StartMode {
  return /^(prod|live)/.test(name) || /-(prod|production|live)$/.test(name) ? 'manual' : 'automatic'
}

interface StartModeChoiceProps {
  value: StartMode
  onChange: (mode: StartMode) => void
}

/** The choice of how changes start in an environment. */
export function StartModeChoice({ value, onChange }: StartModeChoiceProps) {
  return (
    <Checkbox
      label="Wait for a person to start changes"
      description="They start when somebody presses Start on the page of the rollout. Otherwise they start when the environments before this one are done."
      checked={value === 'manual'}
      onChange={event => onChange(event.currentTarget.checked ? 'manual' : 'automatic')}
    />
  )
}
