import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { http, unwrap } from '~/api/client'
import { linkQuery, repositoriesQuery } from '~/api/gitops-queries'
import { queryClient } from '~/api/query-client'
import { Stepper } from '~/components/git/Stepper'
import { LinkButton } from '~/components/LinkButton'
import { Loaded } from '~/components/Loaded'
import { Page } from '~/components/Page'
import { LinkForm } from '~/forms/link/LinkForm'
import { RepositoryPicker } from '~/forms/link/RepositoryPicker'
import { linkSteps } from '~/forms/link/steps'
import { useHere } from '~/hooks/use-here'
import { useLinkCrumbs } from '~/hooks/use-link-crumbs'
import { useFilter, useParam } from '~/hooks/use-params'
import { useWrite } from '~/hooks/use-write'
import { Notice } from '~/ui/Notice'
import { pb } from '~/util/path-builder'

/**
 * Steps 2 and 3 of linking: the repository, and the settings. With a link to take over, its
 * confirmation.
 */
export default function NewLinkPage() {
  const [takeOver] = useFilter('takeOver')
  return takeOver ? <TakeOver link={takeOver} /> : <NewLink />
}

function NewLink() {
  const project = useParam('project')
  const grant = useParam('grant')
  const [chosen, setChosen] = useFilter('repository')
  const navigate = useNavigate()
  const here = useHere()
  const repositories = useQuery(repositoriesQuery(grant))
  return (
    <Page title="Link a repository" crumbs={useLinkCrumbs(project)}>
      <Stepper steps={linkSteps} current={chosen ? 2 : 1} />
      <Loaded query={repositories}>
        {list => {
          const repository = list.items.find(one => one.id === chosen)
          if (!repository) {
            return (
              <RepositoryPicker
                list={list}
                refreshing={repositories.isFetching}
                onRefresh={() => void repositories.refetch()}
                onChoose={one => setChosen(one.id)}
              />
            )
          }
          return (
            <LinkForm
              project={project}
              grant={grant}
              repository={repository}
              onBack={() => setChosen('')}
              save={async body => {
                const made = await unwrap(
                  http.POST('/api/v1/projects/{project}/repository-links', { params: { path: { project } }, body }),
                )
                await queryClient.invalidateQueries()
                if (here.current) await navigate({ to: pb.link(project, made.id) })
              }}
            />
          )
        }}
      </Loaded>
    </Page>
  )
}

function TakeOver({ link }: { link: string }) {
  const project = useParam('project')
  const grantId = useParam('grant')
  const navigate = useNavigate()
  const status = useQuery(linkQuery(link))
  const take = useWrite({
    run: () =>
      unwrap(http.POST('/api/v1/repository-links/{link}/take-over', { params: { path: { link } }, body: { grantId } })),
    done: made => `${made.repositoryName} now uses your account.`,
    after: () => void navigate({ to: pb.link(project, link) }),
  })
  return (
    <Page title="Take over a repository" crumbs={useLinkCrumbs(project)}>
      <Loaded query={status}>
        {({ repositoryName, grantName }) => (
          <div className="stack">
            <Notice kind="info" title={`${repositoryName} uses the account of ${grantName}`}>
              Towpath will read it and manage its webhook with your account. Nothing else changes.
            </Notice>
            <div className="row">
              <Button loading={take.isPending} onClick={() => take.mutate()}>
                Take over
              </Button>
              <LinkButton to={pb.link(project, link)} variant="default">
                Cancel
              </LinkButton>
            </div>
          </div>
        )}
      </Loaded>
    </Page>
  )
}
