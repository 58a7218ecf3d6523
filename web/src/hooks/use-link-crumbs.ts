import { useQuery } from '@tanstack/react-query'
import { projectQuery } from '~/api/queries'
import { pb } from '~/util/path-builder'

/** The way from the top to a project's GitOps pages. */
export function useLinkCrumbs(project: string) {
  const { data } = useQuery(projectQuery(project))
  return [
    { label: data?.name ?? 'Project', to: pb.project(project) },
    { label: 'GitOps', to: pb.links(project) },
  ]
}
