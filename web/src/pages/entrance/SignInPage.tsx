import { PasswordInput, TextInput } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { http, unwrap } from '~/api/client'
import { queryClient } from '~/api/query-client'
import { Entrance } from '~/components/Entrance'
import { FormFrame } from '~/components/FormFrame'
import { useForm } from '~/hooks/use-form'
import { useFilter } from '~/hooks/use-params'
import { pb } from '~/util/path-builder'

/** Signs a member in and opens the page that they wanted. */
export default function SignInPage() {
  const navigate = useNavigate()
  const [next] = useFilter('next')
  const form = useForm({
    initial: { email: '', password: '' },
    submit: async body => {
      await unwrap(http.POST('/api/v1/session', { body }))
      queryClient.clear()
      await navigate({ href: next.startsWith('/') && !next.startsWith('//') ? next : pb.home(), replace: true })
    },
  })
  return (
    <Entrance title="Sign in" lead="Use your account in this workspace.">
      <FormFrame {...form} submit="Sign in">
        <TextInput label="Email" type="email" autoComplete="username" autoFocus {...form.text('email')} />
        <PasswordInput label="Password" autoComplete="current-password" {...form.text('password')} />
      </FormFrame>
    </Entrance>
  )
}
