import { Button, Checkbox, Select, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { http, type Schemas, unwrap } from '~/api/client'
import { membersQuery, sessionQuery } from '~/api/queries'
import { queryClient } from '~/api/query-client'
import { FormFrame } from '~/components/FormFrame'
import { useForm } from '~/hooks/use-form'
import { roleWords } from '~/util/roles'

/** Invites a person, by email or with a link that the member who invites passes on. */
export function InviteForm({
  onDone,
  onCancel,
}: {
  onDone: (made: Schemas['Invitation']) => void
  onCancel: () => void
}) {
  const sendsEmail = useQuery(sessionQuery).data?.sendsEmail ?? false
  const form = useForm({
    initial: { email: '', name: '', role: 'member', byEmail: sendsEmail },
    submit: async ({ email, name, role, byEmail }) => {
      const made = await unwrap(
        http.POST('/api/v1/members', { body: { email, name, role: role as Schemas['Member']['role'], byEmail } }),
      )
      await queryClient.invalidateQueries(membersQuery)
      onDone(made)
    },
  })
  return (
    <FormFrame
      {...form}
      submit={form.values.byEmail ? 'Invite by email' : 'Invite'}
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
      {sendsEmail ? (
        <Checkbox
          label="Send the invitation by email"
          description="Otherwise you get a link to pass on."
          checked={form.values.byEmail}
          error={form.fields.byEmail}
          onChange={event => form.set('byEmail', event.currentTarget.checked)}
        />
      ) : (
        <p className="muted small">
          You get a link to pass on. To send invitations by email, start the server with <code>--smtp-url</code> and{' '}
          <code>--smtp-from</code>.
        </p>
      )}
    </FormFrame>
  )
}
