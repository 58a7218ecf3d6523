import { Checkbox } from '@mantine/core'
import { http, type Schemas, unwrap } from '~/api/client'
import { queryClient } from '~/api/query-client'
import { FormFrame } from '~/components/FormFrame'
import { useForm } from '~/hooks/use-form'
import { sayDone } from '~/stores/toast'

/** Sets whether files may change roles and users of the database servers in an environment. */
export function AllowRolesForm({ environment }: { environment: Schemas['Environment'] }) {
  const form = useForm({
    initial: { allowRoles: environment.allowRoles },
    submit: async body => {
      await unwrap(
        http.PATCH('/api/v1/environments/{environment}', {
          params: { path: { environment: environment.id } },
          body,
        }),
      )
      await queryClient.invalidateQueries()
      sayDone(
        body.allowRoles
          ? `Files may change roles in ${environment.name}.`
          : `Files may no longer change roles in ${environment.name}.`,
      )
    },
  })
  return (
    <FormFrame {...form} submit="Update roles" quiet>
      <Checkbox
        label="Let files change roles and users"
        description="They belong to the whole database server, not to one database. Files can never change the user of an instance, or give rights over the server."
        checked={form.values.allowRoles}
        onChange={event => form.set('allowRoles', event.currentTarget.checked)}
      />
    </FormFrame>
  )
}
