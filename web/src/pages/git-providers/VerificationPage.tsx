import { Button, Checkbox } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { http, type Schemas, unwrap } from '~/api/client'
import { providerTypesQuery } from '~/api/gitops-queries'
import { SignInWait } from '~/components/git/SignInWait'
import { Stepper } from '~/components/git/Stepper'
import { VerificationFailure } from '~/components/git/VerificationFailure'
import { LinkButton } from '~/components/LinkButton'
import { Loaded } from '~/components/Loaded'
import { Page } from '~/components/Page'
import { ConfirmVerification } from '~/forms/git-provider/ConfirmVerification'
import { wizardSteps } from '~/forms/git-provider/steps'
import { useParam } from '~/hooks/use-params'
import { useVerification } from '~/hooks/use-verification'
import { useWrite } from '~/hooks/use-write'
import { keepDraft } from '~/stores/draft'
import { finish } from '~/stores/sign-in-window'
import { Notice } from '~/ui/Notice'
import type { Advice } from '~/util/advice'
import { pb } from '~/util/path-builder'

/**
 * The rest of adding a provider, or of replacing its secret: the sign-in, and step 3. The address
 * can be opened again at any time.
 */
export default function VerificationPage() {
  const id = useParam('verification')
  const { query, advice } = useVerification(id)
  return (
    <Page
      title={query.data?.purpose === 'replace-secret' ? 'Replace the secret' : 'Add a Git provider'}
      crumbs={[{ label: 'GitOps', to: pb.gitProviders() }]}
    >
      <Loaded query={query}>{verification => <Progress verification={verification} advice={advice} />}</Loaded>
    </Page>
  )
}

function Progress({ verification, advice }: { verification: Schemas['Verification']; advice: Advice }) {
  const types = useQuery(providerTypesQuery)
  const type = types.data?.find(one => one.type === verification.type)
  const pending = verification.state === 'pending'
  const replacing = verification.purpose === 'replace-secret'
  useEffect(() => {
    if (!pending) finish(verification.id)
  }, [pending, verification.id])
  const back = (
    <LinkButton
      to={replacing ? pb.gitProvider(verification.providerId ?? '') : pb.gitProviderNew()}
      search={replacing ? {} : { step: '2' }}
      variant="default"
    >
      {pending ? 'Back to the values' : 'Check the values and try again'}
    </LinkButton>
  )
  return (
    <div className="stack loose reading">
      {!replacing && (
        <Stepper
          steps={wizardSteps(type)}
          current={verification.state === 'verified' ? 2 : verification.state === 'used' ? 3 : 1}
        />
      )}
      {pending && <SignInWait verification={verification} type={type} advice={advice} back={back} />}
      {verification.state === 'failed' && <VerificationFailure verification={verification} action={back} />}
      {verification.state === 'used' && (
        <Notice kind="ok" title="This verification has been used">
          {verification.displayName} is in the list of providers.
        </Notice>
      )}
      {verification.state === 'used' && <LinkButton to={pb.gitProviders()}>Open the list</LinkButton>}
      {verification.state === 'verified' && <Confirm verification={verification} type={type} />}
    </div>
  )
}

function Confirm({
  verification,
  type,
}: {
  verification: Schemas['Verification']
  type: Schemas['ProviderType'] | undefined
}) {
  const navigate = useNavigate()
  const [connectAccount, setConnectAccount] = useState(true)
  const body = { verificationId: verification.id, connectAccount }
  const confirm = useWrite<void, Schemas['GitProvider']>({
    run: () =>
      verification.purpose === 'replace-secret' && verification.providerId
        ? unwrap(
            http.PUT('/api/v1/git-providers/{provider}/secret', {
              params: { path: { provider: verification.providerId } },
              body,
            }),
          )
        : unwrap(http.POST('/api/v1/git-providers', { body })),
    done: provider =>
      verification.purpose === 'replace-secret'
        ? `The secret of ${provider.displayName} is replaced.`
        : `${provider.displayName} is added.`,
    after: () => {
      keepDraft(null)
      void navigate({ to: pb.gitProviders() })
    },
  })
  return (
    <div className="stack">
      <ConfirmVerification verification={verification} type={type} />
      <Checkbox
        checked={connectAccount}
        onChange={event => setConnectAccount(event.currentTarget.checked)}
        label={`Let me link repositories as ${verification.accountName}`}
        description="Keeps this sign-in, encrypted, so that you don’t have to sign in a second time."
      />
      <div className="row wrap">
        <Button loading={confirm.isPending} onClick={() => confirm.mutate()} data-autofocus>
          {verification.purpose === 'replace-secret' ? 'Confirm and replace' : 'Confirm and add'}
        </Button>
        <LinkButton to={pb.gitProviders()} variant="default">
          Cancel
        </LinkButton>
      </div>
    </div>
  )
}
