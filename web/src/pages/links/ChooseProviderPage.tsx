import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import type { Schemas } from '~/api/client'
import { providersQuery, providerTypesQuery } from '~/api/gitops-queries'
import { FilterChips } from '~/components/FilterChips'
import { NoProvider } from '~/components/git/NoProvider'
import { Stepper } from '~/components/git/Stepper'
import { Loaded } from '~/components/Loaded'
import { Page } from '~/components/Page'
import { ChooseGrant } from '~/forms/link/ChooseGrant'
import { linkSteps } from '~/forms/link/steps'
import { useLinkCrumbs } from '~/hooks/use-link-crumbs'
import { useFilter, useParam } from '~/hooks/use-params'
import { pb } from '~/util/path-builder'

/**
 * Step 1 of linking a repository, and of taking a link over: the provider and the account there.
 */
export default function ChooseProviderPage() {
  const project = useParam('project')
  const providers = useQuery(providersQuery)
  const [takeOver] = useFilter('takeOver')
  return (
    <Page title={takeOver ? 'Take over a repository' : 'Link a repository'} crumbs={useLinkCrumbs(project)}>
      {!takeOver && <Stepper steps={linkSteps} current={0} />}
      <Loaded query={providers}>{list => (list[0] ? <Choose list={list} first={list[0]} /> : <NoProvider />)}</Loaded>
    </Page>
  )
}

function Choose({ list, first }: { list: Schemas['GitProvider'][]; first: Schemas['GitProvider'] }) {
  const project = useParam('project')
  const navigate = useNavigate()
  const types = useQuery(providerTypesQuery)
  const [chosen, setChosen] = useFilter('provider')
  const [takeOver] = useFilter('takeOver')
  const provider = list.find(one => one.id === chosen) ?? first
  const search = (takeOver ? { takeOver } : {}) as never
  return (
    <div className="stack">
      {list.length > 1 && (
        <FilterChips
          label="Git provider"
          options={list.map(one => [one.id, one.displayName] as const)}
          value={provider.id}
          onChange={setChosen}
        />
      )}
      <h2>{provider.displayName}</h2>
      <ChooseGrant
        key={provider.id}
        provider={provider}
        type={types.data?.find(one => one.type === provider.type)}
        onGrant={grant => void navigate({ to: pb.linkRepository(project, grant.id), search })}
        onStarted={verification => void navigate({ to: pb.linkSignIn(project, verification.id), search })}
      />
    </div>
  )
}
