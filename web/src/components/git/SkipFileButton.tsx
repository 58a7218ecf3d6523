import { useQuery } from '@tanstack/react-query'
import { can } from '~/api/can'
import { http, type Schemas, unwrap } from '~/api/client'
import { projectQuery } from '~/api/queries'
import { SkipButton } from '../SkipButton'

interface SkipFileButtonProps {
  item: Schemas['PlanItem']
  link: string
  project: string
}

/** Skips a file in a database in which it cannot run. */
export function SkipFileButton({ item, link, project }: SkipFileButtonProps) {
  const may = can(useQuery(projectQuery(project)).data, 'project.run')
  const { databaseId, path, version, type } = item
  if (!may || !databaseId || item.state !== 'unusable') return null
  return (
    <SkipButton
      size="compact-sm"
      what={path}
      skip={reason =>
        unwrap(
          http.POST('/api/v1/repository-links/{link}/skip', {
            params: { path: { link } },
            body: { databaseId, version, type, reason },
          }),
        )
      }
    />
  )
}
