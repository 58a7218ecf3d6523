import { PasswordInput, TextInput } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { http, unwrap } from '~/api/client'
import { queryClient } from '~/api/query-client'
import { Entrance } from '~/components/Entrance'
import { FormFrame } from '~/components/FormFrame'
import { useForm } from '~/hooks/use-form'
import { pb } from '~/util/path-builder'

/** Creates the first owner, with the token that the server printed. */
export default function SetUpPage() {
  const navigate = useNavigate()
  const form = useForm({
    initial: { token: tokenOfAddress(), name: '', email: '', password: '' },
    submit: async body => {
      await unwrap(http.POST('/api/v1/setup', { body }))
      queryClient.clear()
      await navigate({ to: pb.home(), replace: true })
    },
  })
  return (
    <Entrance
      title="Set up Towpath"
      lead="You become the first owner of this workspace. The server printed the setup token to its log when it started."
    >
      <FormFrame {...form} submit="Create the workspace">
        <TextInput label="Setup token" autoComplete="off" spellCheck={false} {...form.text('token')} />
        <TextInput label="Your name" autoComplete="name" {...form.text('name')} />
        <TextInput label="Email" type="email" autoComplete="username" {...form.text('email')} />
        <PasswordInput
          label="Password"
          description="At least 12 characters."
          autoComplete="new-password"
          {...form.text('password')}
        />
      </FormFrame>
    </Entrance>
  )
}

/** The link that the server prints has the token after the #, so that no log contains it. */
function tokenOfAddress(): string {
  return window.location.hash.replace(/^#(token=)?/, '')
}
