import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { can } from '~/api/can'
import { http, type Schemas, unwrap } from '~/api/client'
import { projectQuery } from '~/api/queries'
import { useWrite } from '~/hooks/use-write'
import { Notice } from '~/ui/Notice'
import { pb } from '~/util/path-builder'
import { Link } from '../Link'

/** The databases in which another migration tool still writes to its table, although it was accepted. */
export function WrittenHistories({ link, project }: { link: Schemas['LinkStatus']; project: string }) {
  const manages = can(useQuery(projectQuery(project)).data, 'project.links')
  const acknowledge = useWrite({
    changes: { kind: 'link.changed', projectId: project, linkId: link.id },
    run: () =>
      unwrap(
        http.POST('/api/v1/repository-links/{link}/histories/acknowledge', { params: { path: { link: link.id } } }),
      ),
    done: () => 'Acknowledged. Later writes are shown again.',
  })
  if (link.writtenHistories.length === 0) return null
  return (
    <Notice
      kind="warning"
      title="Another migration tool still changes these databases"
      action={
        manages && (
          <Button variant="default" loading={acknowledge.isPending} onClick={() => acknowledge.mutate()}>
            Acknowledge
          </Button>
        )
      }
    >
      <ul>
        {link.writtenHistories.map(one => (
          <li key={one.databaseId}>
            <Link to={pb.database(one.databaseId)}>
              {one.environment}/{one.name}
            </Link>
            : {one.reason.text}
          </li>
        ))}
      </ul>
    </Notice>
  )
}
