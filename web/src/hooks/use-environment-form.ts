import { http, type Schemas, unwrap } from '~/api/client'
import { queryClient } from '~/api/query-client'
import { sayDone } from '~/stores/toast'
import { useForm } from './use-form'

type Change =
  | Pick<Schemas['Environment'], 'start'>
  | Pick<Schemas['Environment'], 'askIf' | 'askDrift' | 'consent' | 'windows'>
  | Pick<Schemas['Environment'], 'allowRoles'>

/** A form that changes a field of an environment, and says what the change means. */
export function useEnvironmentForm<V extends Change>(
  environment: Schemas['Environment'],
  initial: V,
  words: (values: V) => string,
) {
  return useForm({
    initial,
    submit: async body => {
      const params = { path: { environment: environment.id } }
      await unwrap(http.PATCH('/api/v1/environments/{environment}', { params, body }))
      await queryClient.invalidateQueries()
      sayDone(words(body))
    },
  })
}
