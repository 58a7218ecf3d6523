import { http, type Schemas, unwrap } from '~/api/client'
import { queryClient } from '~/api/query-client'
import { FormFrame } from '~/components/FormFrame'
import { useForm } from '~/hooks/use-form'
import { sayDone } from '~/stores/toast'
import { StartModeChoice } from './StartModeChoice'

/** Sets how changes start in an environment. */
export function StartModeForm({ environment }: { environment: Schemas['Environment'] }) {
  const form = useForm({
    initial: { start: environment.start },
    submit: async body => {
      await unwrap(
        http.PATCH('/api/v1/environments/{environment}', {
          params: { path: { environment: environment.id } },
          body,
        }),
      )
      await queryClient.invalidateQueries()
      sayDone(
        body.start === 'manual'
          ? `Changes of ${environment.name} wait for a start.`
          : `Changes of ${environment.name} start by themselves.`,
      )
    },
  })
  return (
    <FormFrame {...form} submit="Update start" quiet>
      <StartModeChoice value={form.values.start} onChange={start => form.set('start', start)} />
    </FormFrame>
  )
}
