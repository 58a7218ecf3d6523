import { useQuery } from '@tanstack/react-query'
import { can } from '~/api/can'
import { http, type Schemas, unwrap } from '~/api/client'
import { projectQuery } from '~/api/queries'
import { useWrite } from '~/hooks/use-write'
import { ConfirmButton } from '../ConfirmButton'

const acceptable = new Set(['edited', 'moved', 'renamed'])

/** Records the current text of a file that was edited or moved after it was applied. */
export function AcceptButton({ item, link, project }: { item: Schemas['PlanItem']; link: string; project: string }) {
  const may = can(useQuery(projectQuery(project)).data, 'project.run')
  const { databaseId, path, version, type, database } = item
  const accept = useWrite({
    run: () =>
      unwrap(
        http.POST('/api/v1/repository-links/{link}/accept', {
          params: { path: { link } },
          body: { databaseId: databaseId ?? '', version, type },
        }),
      ),
    done: () => `${path} is recorded as it is now.`,
  })
  if (!may || !databaseId || !acceptable.has(item.state)) return null
  return (
    <ConfirmButton size="compact-sm" title={`Accept ${path} as it is?`} verb="Accept" onConfirm={() => accept.mutate()}>
      Its present text is recorded as applied in {database || 'the database'}; nothing runs. Do this when the database
      already is as the file says.
    </ConfirmButton>
  )
}

/** Records the current texts of all edited files, for a repository whose texts were all changed. */
export function AcceptEditedButton({ status, project }: { status: Schemas['LinkStatus']; project: string }) {
  const may = can(useQuery(projectQuery(project)).data, 'project.run')
  const edited = status.plan.counts.edited ?? 0
  const commit = status.syncedCommit ?? ''
  const accept = useWrite({
    run: () =>
      unwrap(
        http.POST('/api/v1/repository-links/{link}/accept-edited', {
          params: { path: { link: status.id } },
          body: { commit },
        }),
      ),
    done: () => 'The edited files are recorded as they are now.',
  })
  if (!may || edited < 2) return null
  return (
    <ConfirmButton
      size="compact-sm"
      title={`Accept ${edited} edited files as they are?`}
      verb="Accept all edited files"
      onConfirm={() => accept.mutate()}
    >
      Their present texts are recorded as applied in each database that has another text of them; nothing runs. Do this
      when the databases already are as the files say.
    </ConfirmButton>
  )
}
