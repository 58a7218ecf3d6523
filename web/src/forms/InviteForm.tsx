import { Button, Select, TextInput } from '@mantine/core'
import { http, type Schemas, unwrap } from '~/api/client'
import { membersQuery } from '~/api/queries'
import { queryClient } from '~/api/query-client'
import { FormFrame } from '~/components/FormFrame'
import { useForm } from '~/hooks/use-form'
import { roleWords } from '~/util/roles'

/** Invites a person; the member who invites gets the link and sends it on. */
export function InviteForm({
  onDone,
  onCancel,
}: {
  onDone: (made: Schemas['Invitation']) => void
  onCancel: () => void
}) {
  const form = useForm({
    initial: { email: '', name: '', role: 'member' },
    submit: async ({ email, name, role }) => {
      const made = await unwrap(
        http.POST('/api/v1/members', { body: { email, name, role: role as Schemas['Member']['role'] } }),
      )
      await queryClient.invalidateQueries(membersQuery)
      onDone(made)
    },
  })
  return (
    <FormFrame
      {...form}
      submit="Invite"
      aside={
        <Button variant="default" onClick={onCancel}>
          Cancel
        </Button>
      }
    >
      <TextInput label="Email" type="email" data-autofocus {...form.text('email')} />
      <TextInput label="Name" description="They may change it." {...form.text('name')} />
      <Select
        label="Role"
        data={Object.entries(roleWords).map(([value, label]) => ({ value, label }))}
        {...form.choice('role')}
      />
    </FormFrame>
  )
}
