import { Checkbox } from '@mantine/core'
import type { Schemas } from '~/api/client'
import { FormFrame } from '~/components/FormFrame'
import { useEnvironmentForm } from '~/hooks/use-environment-form'

/** Sets whether files may change roles and users of the database servers in an environment. */
export function AllowRolesForm({ environment }: { environment: Schemas['Environment'] }) {
  const { name, allowRoles } = environment
  const form = useEnvironmentForm(environment, { allowRoles }, changed =>
    changed.allowRoles ? `Files may change roles in ${name}.` : `Files may no longer change roles in ${name}.`,
  )
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
