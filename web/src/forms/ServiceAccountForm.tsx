import { Button, Select, TextInput } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { http, type Schemas, unwrap } from '~/api/client'
import { membersQuery } from '~/api/queries'
import { queryClient } from '~/api/query-client'
import { FormFrame } from '~/components/FormFrame'
import { useForm } from '~/hooks/use-form'
import { pb } from '~/util/path-builder'
import { programRoles } from '~/util/roles'

/** Adds a service account, and leads to its tokens. */
export function ServiceAccountForm({ onCancel }: { onCancel: () => void }) {
  const navigate = useNavigate()
  const form = useForm({
    initial: { name: '', role: 'member' },
    submit: async ({ name, role }) => {
      const body = { name, role: role as Schemas['AddServiceAccountInputBody']['role'] }
      const made = await unwrap(http.POST('/api/v1/service-accounts', { body }))
      await queryClient.invalidateQueries(membersQuery)
      await navigate({ to: pb.serviceAccount(made.id) })
    },
  })
  return (
    <FormFrame
      {...form}
      submit="Add the service account"
      aside={
        <Button variant="default" onClick={onCancel}>
          Cancel
        </Button>
      }
    >
      <TextInput
        label="Name"
        description="Lower-case letters, digits and dashes, such as release-bot."
        data-autofocus
        {...form.text('name')}
      />
      <Select
        label="Role"
        description="Add it to projects like other members."
        data={Object.entries(programRoles).map(([value, label]) => ({ value, label }))}
        {...form.choice('role')}
      />
    </FormFrame>
  )
}
