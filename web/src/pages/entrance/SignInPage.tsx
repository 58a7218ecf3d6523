import { PasswordInput, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { http, unwrap } from '~/api/client'
import { signInQuery } from '~/api/queries'
import { queryClient } from '~/api/query-client'
import { Entrance } from '~/components/Entrance'
import { FormFrame } from '~/components/FormFrame'
import { Loaded } from '~/components/Loaded'
import { SingleSignOnButton } from '~/components/SingleSignOnButton'
import { useForm } from '~/hooks/use-form'
import { useFilter } from '~/hooks/use-params'
import { pb } from '~/util/path-builder'

/** Signs a member in and opens the page that they wanted. */
export default function SignInPage() {
  const navigate = useNavigate()
  const [wanted] = useFilter('next')
  const next = wanted.startsWith('/') && !wanted.startsWith('//') ? wanted : pb.home()
  const methods = useQuery(signInQuery)
  const form = useForm({
    initial: { email: '', password: '' },
    submit: async body => {
      await unwrap(http.POST('/api/v1/session', { body }))
      queryClient.clear()
      await navigate({ href: next, replace: true })
    },
  })
  return (
    <Entrance title="Sign in" lead="Use your account in this workspace.">
      <Loaded query={methods}>
        {({ passwords, singleSignOn }) => (
          <>
            {singleSignOn && <SingleSignOnButton provider={singleSignOn} next={next} only={!passwords} />}
            {singleSignOn && passwords && <span className="muted">or</span>}
            {passwords && (
              <FormFrame {...form} submit="Sign in">
                <TextInput
                  label="Email"
                  type="email"
                  autoComplete="username"
                  autoFocus={!singleSignOn}
                  {...form.text('email')}
                />
                <PasswordInput label="Password" autoComplete="current-password" {...form.text('password')} />
              </FormFrame>
            )}
          </>
        )}
      </Loaded>
    </Entrance>
  )
}
