import type { Schemas } from '~/api/client'
import { FormFrame } from '~/components/FormFrame'
import { useEnvironmentForm } from '~/hooks/use-environment-form'
import { StartModeChoice } from './StartModeChoice'

/** Sets how changes start in an environment. */
export function StartModeForm({ environment }: { environment: Schemas['Environment'] }) {
  const { name, start } = environment
  const form = useEnvironmentForm(environment, { start }, changed =>
    changed.start === 'manual' ? `Changes of ${name} wait for a start.` : `Changes of ${name} start by themselves.`,
  )
  return (
    <FormFrame {...form} submit="Update start" quiet>
      <StartModeChoice value={form.values.start} onChange={mode => form.set('start', mode)} />
    </FormFrame>
  )
}
