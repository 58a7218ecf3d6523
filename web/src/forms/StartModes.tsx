import { Radio } from '@mantine/core'
import type { Schemas } from '~/api/client'

export type StartMode = Schemas['Environment']['start']

interface StartModesProps {
  value: StartMode
  onChange: (mode: StartMode) => void
}

/** What is offered for a new environment: one that is named like production waits for a person. */
export function startFor(name: string): StartMode {
  return /^(prod|live)/.test(name) || /-(prod|production|live)$/.test(name) ? 'manual' : 'automatic'
}

/** The choice of how changes start in an environment. */
export function StartModes({ value, onChange }: StartModesProps) {
  return (
    <Radio.Group label="Changes start" value={value} onChange={mode => onChange(mode as StartMode)}>
      <div className="stack tight" style={{ marginTop: 4 }}>
        <Radio value="automatic" label="Automatically" description="When the environments before it are done." />
        <Radio value="manual" label="Manually" description="When a person starts them on the page of the rollout." />
      </div>
    </Radio.Group>
  )
}
