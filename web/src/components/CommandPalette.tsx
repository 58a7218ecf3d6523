import { Modal } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useNavigate } from '@tanstack/react-router'
import { type KeyboardEvent, useEffect, useId, useState } from 'react'
import { Icon } from '~/ui/Icon'
import classes from './CommandPalette.module.css'
import { type Command, useCommands } from './commands'

/** At once, so that no letter is lost: the dialog's own focus comes a moment later. */
const focus = (input: HTMLInputElement | null) => input?.focus()

const what = 'Go to a page, project, database, repository or rollout'

/** Finds any page or thing by a few letters. Arrow keys choose, Enter opens. */
export function CommandPalette({ close }: { close: () => void }) {
  const [query, setQuery] = useState('')
  const [chosen, setChosen] = useState(0)
  const navigate = useNavigate()
  const listId = useId()
  const text = query.trim()
  const [asked] = useDebouncedValue(text, 150)
  const { commands: found, pending } = useCommands(text, asked)
  const current = `${listId}-${chosen}`
  useEffect(() => document.getElementById(current)?.scrollIntoView({ block: 'nearest' }), [current])

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
        aria-activedescendant={found[chosen] ? current : undefined}
        aria-label={what}
        placeholder={what}
        ref={focus}
        value={query}
        onChange={event => {
          setQuery(event.currentTarget.value)
          setChosen(0)
        }}
        onKeyDown={onKeyDown}
      />
      <div id={listId} role="listbox" aria-label="Results" className={classes.list}>
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
            <span className={classes.label}>{command.label}</span>
            {command.detail && <span className={classes.detail}> {command.detail}</span>}
          </div>
        ))}
      </div>
      {found.length === 0 && <p className={classes.none}>{pending ? 'Searching…' : 'No results.'}</p>}
    </Modal>
  )
}
