import { Modal } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { type KeyboardEvent, useId, useState } from 'react'
import { can } from '~/api/can'
import { projectsQuery, sessionQuery } from '~/api/queries'
import { Icon, type IconName } from '~/ui/Icon'
import { pb } from '~/util/path-builder'
import { matches } from '~/util/str'
import classes from './CommandPalette.module.css'

interface Command {
  label: string
  icon: IconName
  to: string
}

/** Finds any page by a few letters. Arrow keys choose, Enter opens. */
export function CommandPalette({ close }: { close: () => void }) {
  const [query, setQuery] = useState('')
  const [chosen, setChosen] = useState(0)
  const navigate = useNavigate()
  const listId = useId()
  const found = useCommands()
    .filter(command => matches(command.label, query))
    .slice(0, 12)

  const go = (command: Command | undefined) => {
    if (!command) return
    close()
    void navigate({ to: command.to })
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (by) {
      event.preventDefault()
      setChosen((chosen + by + found.length) % Math.max(1, found.length))
    } else if (event.key === 'Enter') {
      event.preventDefault()
      go(found[chosen])
    }
  }
  return (
    <Modal
      opened
      onClose={close}
      withCloseButton={false}
      padding={0}
      yOffset="12vh"
      centered={false}
      aria-label="Go to"
    >
      <input
        className={classes.input}
        data-autofocus
        role="combobox"
        aria-expanded="true"
        aria-controls={listId}
        aria-activedescendant={found[chosen] ? `${listId}-${chosen}` : undefined}
        aria-label="Go to a page or project"
        placeholder="Go to a page or project"
        value={query}
        onChange={event => {
          setQuery(event.currentTarget.value)
          setChosen(0)
        }}
        onKeyDown={onKeyDown}
      />
      <div id={listId} role="listbox" aria-label="Pages" className={classes.list}>
        {found.map((command, index) => (
          <div
            key={command.to}
            id={`${listId}-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === chosen}
            className={classes.option}
            onMouseMove={() => setChosen(index)}
            onClick={() => go(command)}
            onKeyDown={onKeyDown}
          >
            <Icon name={command.icon} />
            {command.label}
          </div>
        ))}
      </div>
      {found.length === 0 && <p className={classes.none}>No results.</p>}
    </Modal>
  )
}

function useCommands(): Command[] {
  const session = useQuery(sessionQuery)
  const projects = useQuery(projectsQuery)
  const commands: Command[] = [
    { label: 'Rollouts', icon: 'rollout', to: pb.rollouts() },
    { label: 'Projects', icon: 'folder', to: pb.projects() },
    { label: 'Databases', icon: 'database', to: pb.databases() },
    { label: 'Instances', icon: 'server', to: pb.instances() },
    { label: 'Environments', icon: 'layers', to: pb.environments() },
    { label: 'Settings: Profile', icon: 'user', to: pb.profile() },
    { label: 'Settings: API tokens', icon: 'key', to: pb.apiTokens() },
    { label: 'Settings: General', icon: 'settings', to: pb.general() },
    { label: 'Settings: Members', icon: 'users', to: pb.members() },
  ]
  if (can(session.data, 'git-providers.manage')) {
    commands.push(
      { label: 'Settings: GitOps', icon: 'branch', to: pb.gitProviders() },
      { label: 'Settings: Audit log', icon: 'book', to: pb.audit() },
      { label: 'Add a Git provider', icon: 'plus', to: pb.gitProviderNew() },
    )
  }
  if (can(session.data, 'instances.manage'))
    commands.push({ label: 'Add an instance', icon: 'plus', to: pb.instanceNew() })
  for (const project of projects.data ?? []) {
    commands.push(
      { label: project.name, icon: 'folder', to: pb.project(project.id) },
      { label: `${project.name}: Rollouts`, icon: 'rollout', to: pb.projectRollouts(project.id) },
      { label: `${project.name}: Databases`, icon: 'database', to: pb.projectDatabases(project.id) },
      { label: `${project.name}: GitOps`, icon: 'branch', to: pb.links(project.id) },
      { label: `${project.name}: Members`, icon: 'users', to: pb.projectMembers(project.id) },
    )
  }
  return commands
}
