import { Button, Checkbox, Select } from '@mantine/core'
import type { Schemas } from '~/api/client'
import { FormFrame } from '~/components/FormFrame'
import { useEnvironmentForm } from '~/hooks/use-environment-form'
import { approverWords } from '~/util/roles'
import { newWindow, WindowFields } from './WindowFields'

type Role = keyof typeof approverWords

const people = [
  { value: '0', label: 'Nobody' },
  { value: '1', label: 'One other person' },
  { value: '2', label: 'Two other people' },
  { value: '3', label: 'Three other people' },
]

const questions = [
  { value: 'always', label: 'Always' },
  { value: 'warnings', label: 'When the SQL review has warnings or errors' },
]

/** Sets whose consent changes need in an environment, and when they may start. */
export function GateForm({ environment }: { environment: Schemas['Environment'] }) {
  const { name, askIf, askDrift, consent, windows } = environment
  const form = useEnvironmentForm(
    environment,
    { askIf, askDrift, consent, windows },
    () => `Updated the gate of ${name}.`,
  )
  const { values, set } = form
  const asks = values.consent.people > 0
  return (
    <FormFrame {...form} submit="Update gate" quiet>
      <Select
        label="Who must approve changes"
        description="Authors and committers of the files never count. An approval ends after 7 days, and when anything changes."
        data={people}
        allowDeselect={false}
        value={String(values.consent.people)}
        onChange={value => set('consent', { ...values.consent, people: Number(value) })}
      />
      {asks && (
        <Checkbox.Group
          label="Roles that may approve"
          value={values.consent.roles ?? []}
          onChange={roles => set('consent', { ...values.consent, roles: roles as Role[] })}
        >
          <div className="stack tight" style={{ marginTop: 8 }}>
            {Object.entries(approverWords).map(([role, words]) => (
              <Checkbox key={role} value={role} label={words} />
            ))}
          </div>
        </Checkbox.Group>
      )}
      {asks && (
        <Checkbox
          label="Count approvals of the pull request"
          description="Only if it was merged as it was approved, and who approved has one of these roles and uses that account here."
          checked={values.consent.pullRequests ?? false}
          onChange={event => set('consent', { ...values.consent, pullRequests: event.currentTarget.checked })}
        />
      )}
      {(asks || environment.start === 'manual') && (
        <Select
          label="Ask people"
          data={questions}
          allowDeselect={false}
          value={values.askIf}
          onChange={value => set('askIf', value as typeof askIf)}
        />
      )}
      <Checkbox
        label="Wait for a person when a schema was changed by hand"
        description="Also when it is not known whether it was. The person accepts the schema, or starts the changes anyway."
        checked={values.askDrift}
        onChange={event => set('askDrift', event.currentTarget.checked)}
      />
      {values.windows.map((window, index) => (
        <WindowFields
          // biome-ignore lint/suspicious/noArrayIndexKey: windows have no other identity
          key={index}
          number={index + 1}
          window={window}
          change={changed => set('windows', values.windows.with(index, changed))}
          remove={() => set('windows', values.windows.toSpliced(index, 1))}
        />
      ))}
      <div className="row wrap">
        <Button variant="default" onClick={() => set('windows', [...values.windows, newWindow('allow')])}>
          Add a window
        </Button>
        <Button variant="default" onClick={() => set('windows', [...values.windows, newWindow('deny')])}>
          Add a freeze
        </Button>
      </div>
    </FormFrame>
  )
}
