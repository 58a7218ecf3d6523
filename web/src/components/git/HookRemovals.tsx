import { useQuery } from '@tanstack/react-query'
import { http, unwrap } from '~/api/client'
import { hookRemovalsQuery } from '~/api/gitops-queries'
import { useWrite } from '~/hooks/use-write'
import { Notice } from '~/ui/Notice'
import { ConfirmButton } from '../ConfirmButton'
import { TimeAgo } from '../TimeAgo'

/** Webhooks that must be removed from their repositories and still exist. */
export function HookRemovals({ project, may }: { project: string; may: boolean }) {
  const removals = useQuery(hookRemovalsQuery(project))
  const forget = useWrite({
    changes: { kind: 'hook-removal.changed', projectId: project },
    run: (removal: string) =>
      unwrap(
        http.DELETE('/api/v1/projects/{project}/hook-removals/{removal}', { params: { path: { project, removal } } }),
      ),
  })
  return removals.data?.map(removal => (
    <Notice
      key={removal.id}
      kind={removal.givenUp ? 'warning' : 'info'}
      title={
        removal.givenUp
          ? `Remove a webhook of ${removal.repositoryName} by hand`
          : `A webhook of ${removal.repositoryName} is still being removed`
      }
      action={
        may &&
        removal.givenUp && (
          <ConfirmButton
            title={`Dismiss the webhook of ${removal.repositoryName}?`}
            verb="Dismiss"
            size="xs"
            onConfirm={() => forget.mutate(removal.id)}
          >
            Dismiss it when it is gone from the repository. Until then, its deliveries are answered with 404.
          </ConfirmButton>
        )
      }
    >
      {removal.reason?.text ?? removal.hookUrl} Since <TimeAgo at={removal.since} />.
    </Notice>
  ))
}
