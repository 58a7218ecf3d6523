import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { can } from '~/api/can'
import { http, type Schemas, unwrap } from '~/api/client'
import { projectQuery } from '~/api/queries'
import { useWrite } from '~/hooks/use-write'
import { Icon } from '~/ui/Icon'
import { pb } from '~/util/path-builder'
import { ConfirmButton } from '../ConfirmButton'
import { LinkButton } from '../LinkButton'

/** The actions for a link. */
export function LinkActions({ link, project }: { link: Schemas['LinkStatus']; project: string }) {
  const navigate = useNavigate()
  const held = useQuery(projectQuery(project)).data
  const params = { path: { link: link.id } }
  const changes = { kind: 'link.changed', projectId: project, linkId: link.id } as const
  const sync = useWrite({
    changes,
    run: () => unwrap(http.POST('/api/v1/repository-links/{link}/sync', { params })),
    done: () => 'Checking the branch now.',
  })
  const repair = useWrite({
    changes,
    run: () => unwrap(http.PATCH('/api/v1/repository-links/{link}', { params, body: { polling: false } })),
    done: made =>
      made.hookState === 'active'
        ? 'The webhook works again.'
        : 'The webhook could not be created. The page shows why.',
  })
  const unlink = useWrite({
    run: () => unwrap(http.DELETE('/api/v1/repository-links/{link}', { params })),
    done: () => `${link.repositoryName} is unlinked.`,
    after: () => void navigate({ to: pb.links(project) }),
  })
  const manages = can(held, 'project.links')
  return (
    <>
      {manages && (
        <ConfirmButton title={`Unlink ${link.repositoryName}?`} verb="Unlink" danger onConfirm={() => unlink.mutate()}>
          The webhook is removed, and pushes no longer reach the databases. Applied changes and the history stay.
        </ConfirmButton>
      )}
      {manages && (
        <LinkButton
          variant="default"
          to={pb.linkNew(project)}
          search={{ takeOver: link.id, provider: link.providerId }}
        >
          Take over
        </LinkButton>
      )}
      {manages && link.hookState !== 'active' && (
        <Button variant="default" loading={repair.isPending} onClick={() => repair.mutate()}>
          {link.hookState === 'missing' ? 'Repair the webhook' : 'Create a webhook'}
        </Button>
      )}
      {manages && (
        <LinkButton variant="default" to={pb.linkEdit(project, link.id)}>
          Edit
        </LinkButton>
      )}
      {can(held, 'project.sync') && (
        <Button loading={sync.isPending} leftSection={<Icon name="refresh" />} onClick={() => sync.mutate()}>
          Sync now
        </Button>
      )}
    </>
  )
}
