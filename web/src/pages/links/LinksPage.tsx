import { useQuery } from '@tanstack/react-query'
import { can } from '~/api/can'
import { linksQuery, providersQuery } from '~/api/gitops-queries'
import { projectQuery } from '~/api/queries'
import { HookRemovals } from '~/components/git/HookRemovals'
import { LinkTable } from '~/components/git/LinkTable'
import { NoProvider } from '~/components/git/NoProvider'
import { LinkButton } from '~/components/LinkButton'
import { Loaded } from '~/components/Loaded'
import { useParam } from '~/hooks/use-params'
import { EmptyState } from '~/ui/EmptyState'
import { Icon } from '~/ui/Icon'
import { pb } from '~/util/path-builder'

/** The repositories that change a project's databases. */
export default function LinksPage() {
  const project = useParam('project')
  const links = useQuery(linksQuery(project))
  const providers = useQuery(providersQuery)
  const may = can(useQuery(projectQuery(project)).data, 'project.links')
  const provided = (providers.data?.length ?? 0) > 0
  const button = may && provided && (
    <LinkButton to={pb.linkNew(project)} leftSection={<Icon name="plus" />}>
      Link a repository
    </LinkButton>
  )
  return (
    <div className="stack">
      <HookRemovals project={project} may={may} />
      <Loaded query={links} rows={2}>
        {list =>
          list.length === 0 && providers.data && !provided ? (
            <NoProvider />
          ) : list.length === 0 ? (
            <EmptyState icon="link" action={button}>
              No repositories linked.{' '}
              {may
                ? 'Link one to roll out its migrations to this project’s databases.'
                : 'A project owner can link one.'}
            </EmptyState>
          ) : (
            <div className="stack tight">
              <div className="row between">
                <h2>Repositories</h2>
                {button}
              </div>
              <LinkTable links={list} empty={null} />
            </div>
          )
        }
      </Loaded>
    </div>
  )
}
