import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { can } from '~/api/can'
import type { Schemas } from '~/api/client'
import { projectsQuery, searchQuery, sessionQuery } from '~/api/queries'
import type { IconName } from '~/ui/Icon'
import { pb } from '~/util/path-builder'
import { matches } from '~/util/str'

/** A place to go to. */
export interface Command {
  label: string
  /** What sets it apart from others of its name. */
  detail?: string | undefined
  icon: IconName
  to: string
}

/** How many pages are offered; the rest needs more letters. */
const most = 12

/** The longest text that the server takes. */
const longest = 100

/**
 * The places that fit a text: pages at once, and what the server finds. `asked` is the text as it
 * was a moment ago.
 */
export function useCommands(text: string, asked: string): { commands: Command[]; pending: boolean } {
  const pages = usePages()
    .filter(page => matches(page.label, text))
    .slice(0, most)
  const search = useQuery({
    ...searchQuery(asked.slice(0, longest)),
    enabled: asked !== '',
    placeholderData: keepPreviousData,
  })
  const known = new Set(pages.map(page => page.to))
  const found = (text ? (search.data ?? []) : [])
    .map(commandOf)
    .filter(one => !known.has(one.to) && matches(`${one.label} ${one.detail}`, text))
  return { commands: [...pages, ...found], pending: text !== asked || search.isFetching }
}

/** The page of a thing that was found. */
export function commandOf({ kind, id, projectId = '', name, detail }: Schemas['Found']): Command {
  switch (kind) {
    case 'project':
      return { label: name, detail, icon: 'folder', to: pb.project(id) }
    case 'link':
      return { label: name, detail, icon: 'branch', to: pb.link(projectId, id) }
    case 'database':
      return { label: name, detail, icon: 'database', to: pb.database(id) }
    case 'rollout':
      return { label: name || 'No commit message', detail, icon: 'rollout', to: pb.rollout(id) }
  }
}

/** The pages that the member may open. */
function usePages(): Command[] {
  const session = useQuery(sessionQuery)
  const projects = useQuery(projectsQuery)
  const pages: Command[] = [
    { label: 'Inbox', icon: 'hand', to: pb.inbox() },
    { label: 'Rollouts', icon: 'rollout', to: pb.rollouts() },
    { label: 'Projects', icon: 'folder', to: pb.projects() },
    { label: 'Databases', icon: 'database', to: pb.databases() },
    { label: 'Instances', icon: 'server', to: pb.instances() },
    { label: 'Environments', icon: 'layers', to: pb.environments() },
    { label: 'Settings: Profile', icon: 'user', to: pb.profile() },
    { label: 'Settings: API tokens', icon: 'key', to: pb.apiTokens() },
    ...(can(session.data, 'environments.manage')
      ? [{ label: 'Settings: Notifications', icon: 'webhook' as const, to: pb.receivers() }]
      : []),
    { label: 'Settings: General', icon: 'settings', to: pb.general() },
    { label: 'Settings: Members', icon: 'users', to: pb.members() },
    { label: 'Settings: SQL review', icon: 'check', to: pb.review() },
  ]
  if (can(session.data, 'git-providers.manage')) {
    pages.push(
      { label: 'Settings: GitOps', icon: 'branch', to: pb.gitProviders() },
      { label: 'Settings: Audit log', icon: 'book', to: pb.audit() },
      { label: 'Add a Git provider', icon: 'plus', to: pb.gitProviderNew() },
    )
  }
  if (can(session.data, 'instances.manage'))
    pages.push({ label: 'Add an instance', icon: 'plus', to: pb.instanceNew() })
  for (const project of projects.data ?? []) {
    pages.push(
      { label: project.name, icon: 'folder', to: pb.project(project.id) },
      { label: `${project.name}: Rollouts`, icon: 'rollout', to: pb.projectRollouts(project.id) },
      { label: `${project.name}: Databases`, icon: 'database', to: pb.projectDatabases(project.id) },
      { label: `${project.name}: GitOps`, icon: 'branch', to: pb.links(project.id) },
      { label: `${project.name}: Members`, icon: 'users', to: pb.projectMembers(project.id) },
    )
  }
  return pages
}
