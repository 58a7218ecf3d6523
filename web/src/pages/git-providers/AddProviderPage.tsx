import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { http, type Schemas, unwrap } from '~/api/client'
import { providerTypesQuery } from '~/api/gitops-queries'
import { Stepper } from '~/components/git/Stepper'
import { Loaded } from '~/components/Loaded'
import { Page } from '~/components/Page'
import { BasicInfoForm } from '~/forms/git-provider/BasicInfoForm'
import { ConsumerForm } from '~/forms/git-provider/ConsumerForm'
import { ConsumerInstructions } from '~/forms/git-provider/ConsumerInstructions'
import { wizardSteps } from '~/forms/git-provider/steps'
import { useFilter } from '~/hooks/use-params'
import { keepDraft, recallDraft } from '~/stores/draft'
import { pb } from '~/util/path-builder'

/** Steps 1 and 2 of adding a Git provider. */
export default function AddProviderPage() {
  const types = useQuery(providerTypesQuery)
  return (
    <Page title="Add a Git provider" crumbs={[{ label: 'GitOps', to: pb.gitProviders() }]}>
      <Loaded query={types}>
        {list =>
          list[0] ? <Wizard types={list} first={list[0]} /> : <p>This server was built without Git providers.</p>
        }
      </Loaded>
    </Page>
  )
}

function Wizard({ types, first }: { types: Schemas['ProviderType'][]; first: Schemas['ProviderType'] }) {
  const [step, setStep] = useFilter('step')
  const [type, setType] = useState(types.find(one => one.type === recallDraft()?.type) ?? first)
  const [instanceUrl, setInstanceUrl] = useState(recallDraft()?.instanceUrl ?? first.instanceUrl)
  const [displayName, setDisplayName] = useState(recallDraft()?.displayName ?? first.name)
  const navigate = useNavigate()
  const second = step === '2'
  return (
    <div className="stack loose">
      <Stepper steps={wizardSteps(type)} current={second ? 1 : 0} />
      {!second && (
        <div className="narrow">
          <BasicInfoForm
            types={types}
            type={type}
            instanceUrl={instanceUrl}
            displayName={displayName}
            onType={next => {
              setType(next)
              setInstanceUrl(next.instanceUrl)
              setDisplayName(next.name)
            }}
            onInstanceUrl={setInstanceUrl}
            onDisplayName={setDisplayName}
            onNext={() => setStep('2')}
          />
        </div>
      )}
      {second && (
        <div className="stack reading">
          <ConsumerInstructions type={type} instanceUrl={instanceUrl} />
          <ConsumerForm
            type={type}
            initial={{ applicationId: recallDraft()?.applicationId ?? '', secret: recallDraft()?.secret ?? '' }}
            start={credentials =>
              unwrap(
                http.POST('/api/v1/git-provider-verifications', {
                  body: { type: type.type, instanceUrl, displayName, ...credentials },
                }),
              )
            }
            onStarted={(verification, credentials) => {
              keepDraft({ type: type.type, instanceUrl, displayName, ...credentials })
              void navigate({ to: pb.gitVerification(verification.id) })
            }}
            onBack={() => setStep('')}
          />
        </div>
      )}
    </div>
  )
}
