import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useEffect } from 'react'
import { providerTypesQuery } from '~/api/gitops-queries'
import { SignInWait } from '~/components/git/SignInWait'
import { Stepper } from '~/components/git/Stepper'
import { VerificationFailure } from '~/components/git/VerificationFailure'
import { LinkButton } from '~/components/LinkButton'
import { Loaded } from '~/components/Loaded'
import { Page } from '~/components/Page'
import { linkSteps } from '~/forms/link/steps'
import { useLinkCrumbs } from '~/hooks/use-link-crumbs'
import { useFilter, useParam } from '~/hooks/use-params'
import { useVerification } from '~/hooks/use-verification'
import { finish } from '~/stores/sign-in-window'
import { pb } from '~/util/path-builder'

/**
 * Waits for the sign-in of the person who links a repository, and continues to the repositories.
 */
export default function GrantPage() {
  const project = useParam('project')
  const id = useParam('verification')
  const { query, advice } = useVerification(id)
  const navigate = useNavigate()
  const [takeOver] = useFilter('takeOver')
  const state = query.data?.state
  const grant = query.data?.grantId
  useEffect(() => {
    if (!state || state === 'pending') return
    finish(id)
    if (grant)
      void navigate({
        to: pb.linkRepository(project, grant),
        search: (takeOver ? { takeOver } : {}) as never,
        replace: true,
      })
  }, [state, grant, id, project, navigate, takeOver])
  const types = useQuery(providerTypesQuery)
  const back = (
    <LinkButton to={pb.linkNew(project)} variant="default" {...(takeOver ? { search: { takeOver } } : {})}>
      {state === 'failed' ? 'Try again' : 'Back'}
    </LinkButton>
  )
  return (
    <Page title={takeOver ? 'Take over a repository' : 'Link a repository'} crumbs={useLinkCrumbs(project)}>
      {!takeOver && <Stepper steps={linkSteps} current={0} />}
      <Loaded query={query}>
        {verification => (
          <div className="reading">
            {verification.state === 'failed' ? (
              <VerificationFailure verification={verification} action={back} />
            ) : (
              <SignInWait
                verification={verification}
                type={types.data?.find(one => one.type === verification.type)}
                advice={advice}
                back={back}
              />
            )}
          </div>
        )}
      </Loaded>
    </Page>
  )
}
