import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { http, type Schemas, unwrap } from '~/api/client'
import { messageOf } from '~/api/errors'
import { grantsQuery } from '~/api/gitops-queries'
import { AddressMismatch } from '~/forms/git-provider/AddressMismatch'
import { addressProblem } from '~/forms/git-provider/instructions'
import { leadTo, openEmpty, shut } from '~/stores/sign-in-window'
import { Icon } from '~/ui/Icon'
import { Notice } from '~/ui/Notice'

interface ChooseGrantProps {
  provider: Schemas['GitProvider']
  type: Schemas['ProviderType'] | undefined
  /** Continues with an existing sign-in. */
  onGrant: (grant: Schemas['Grant']) => void
  /** Opens the page that waits for the sign-in. */
  onStarted: (verification: Schemas['Verification']) => void
}

/** Chooses the account at the provider. */
export function ChooseGrant({ provider, type, onGrant, onStarted }: ChooseGrantProps) {
  const grants = useQuery(grantsQuery(provider.id))
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState('')
  const start = async () => {
    setProblem('')
    setBusy(true)
    openEmpty(provider.displayName)
    try {
      const verification = await unwrap(
        http.POST('/api/v1/git-providers/{provider}/grants', { params: { path: { provider: provider.id } } }),
      )
      leadTo(verification.id, verification.authorizeUrl ?? '')
      onStarted(verification)
    } catch (error) {
      shut()
      setProblem(messageOf(error))
    } finally {
      setBusy(false)
    }
  }
  const working = grants.data?.filter(grant => !grant.brokenReason) ?? []
  const elsewhere = type !== undefined && addressProblem(type, window.location.origin) !== ''
  return (
    <div className="stack">
      {type && <AddressMismatch type={type} />}
      <p className="reading">
        Towpath reads the repository and creates the webhook with your account, which must be an admin of the
        repository.
      </p>
      {problem && <Notice kind="error">{problem}</Notice>}
      <div className="row wrap">
        {working.map(grant => (
          <Button key={grant.id} leftSection={<Icon name="user" />} onClick={() => onGrant(grant)}>
            Continue as {grant.accountName}
          </Button>
        ))}
        <Button
          variant={working.length > 0 ? 'default' : 'filled'}
          loading={busy}
          disabled={elsewhere}
          leftSection={<Icon name="external" />}
          onClick={start}
        >
          {working.length > 0 ? 'Sign in with another account' : `Sign in at ${provider.displayName}`}
        </Button>
      </div>
    </div>
  )
}
