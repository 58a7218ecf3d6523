import { useQuery } from '@tanstack/react-query'
import { can } from '~/api/can'
import { sessionQuery } from '~/api/queries'
import { EmptyState } from '~/ui/EmptyState'
import { Icon } from '~/ui/Icon'
import { pb } from '~/util/path-builder'
import { LinkButton } from '../LinkButton'

/** Shown where a repository cannot be linked, since the workspace has no Git provider. */
export function NoProvider() {
  const may = can(useQuery(sessionQuery).data, 'git-providers.manage')
  return (
    <EmptyState
      icon="branch"
      action={
        may && (
          <LinkButton to={pb.gitProviderNew()} leftSection={<Icon name="plus" />}>
            Add a Git provider
          </LinkButton>
        )
      }
    >
      No Git providers yet.{' '}
      {may
        ? 'Add one, once for the whole workspace. Then link a repository to this project.'
        : 'Ask a workspace owner to add one in Settings, GitOps.'}
    </EmptyState>
  )
}
