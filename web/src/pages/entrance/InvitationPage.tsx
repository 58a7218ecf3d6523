import { PasswordInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { http, unwrap } from '~/api/client'
import { signInQuery } from '~/api/queries'
import { queryClient } from '~/api/query-client'
import { Entrance } from '~/components/Entrance'
import { FormFrame } from '~/components/FormFrame'
import { SingleSignOnButton } from '~/components/SingleSignOnButton'
import { useForm } from '~/hooks/use-form'
import { Notice } from '~/ui/Notice'
import { pb } from '~/util/path-builder'

/** Lets an invited member choose a password; the secret is after the # of the link. */
export default function InvitationPage() {
  const navigate = useNavigate()
  const [invitation] = useState(() => window.location.hash.slice(1))
  const methods = useQuery(signInQuery).data
  const form = useForm({
    initial: { password: '' },
    submit: async ({ password }) => {
      await unwrap(http.POST('/api/v1/invitations/accept', { body: { invitation, password } }))
      queryClient.clear()
      await navigate({ to: pb.home(), replace: true })
    },
  })
  if (methods?.singleSignOn && !methods.passwords) {
    return (
      <Entrance title="Accept the invitation" lead={`Members of this workspace sign in with ${methods.singleSignOn}.`}>
        <SingleSignOnButton provider={methods.singleSignOn} next={pb.home()} only />
      </Entrance>
    )
  }
  if (!invitation) {
    return (
      <Entrance title="Accept the invitation" lead="Open this page with the link from your invitation.">
        <Notice kind="error" title="The link is not complete">
          Copy the whole link, including the part after the #. If it no longer works, ask an owner for a new one.
        </Notice>
      </Entrance>
    )
  }
  return (
    <Entrance title="Accept the invitation" lead="Choose a password to sign in.">
      <FormFrame {...form} submit="Accept the invitation">
        <PasswordInput
          label="Password"
          description="At least 12 characters."
          autoComplete="new-password"
          data-autofocus
          {...form.text('password')}
        />
      </FormFrame>
    </Entrance>
  )
}
