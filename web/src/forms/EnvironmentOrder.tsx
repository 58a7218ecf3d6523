import { ActionIcon, Button, TextInput } from '@mantine/core'
import { type KeyboardEvent, useRef, useState } from 'react'
import { http, type Schemas, unwrap } from '~/api/client'
import { ConfirmButton } from '~/components/ConfirmButton'
import { Link } from '~/components/Link'
import { useWrite } from '~/hooks/use-write'
import { Icon } from '~/ui/Icon'
import { limitText } from '~/util/limit'
import { moved } from '~/util/order'
import { pb } from '~/util/path-builder'
import classes from './EnvironmentOrder.module.css'

type Environment = Schemas['Environment']

/**
 * Environments in their order, which people change by dragging the handle, or by arrow keys on it.
 */
export function EnvironmentOrder({ environments, manages }: { environments: Environment[]; manages: boolean }) {
  const [list, setList] = useState(environments)
  const [dragged, setDragged] = useState<number>()
  const [said, setSaid] = useState('')
  const handles = useRef<(HTMLButtonElement | null)[]>([])
  const save = useWrite({
    run: (ids: string[]) => unwrap(http.PUT('/api/v1/environments/order', { body: { ids } })),
    done: () => 'The order is saved. Rollouts that exist keep theirs.',
  })
  const move = (from: number, to: number) => {
    const next = moved(list, from, to)
    if (next === list) return
    setList(next)
    setSaid(`${next[to]?.name ?? ''} is number ${to + 1} of ${next.length} now`)
    save.mutate(next.map(one => one.id))
  }
  const onKeyDown = (event: KeyboardEvent, index: number) => {
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key]
    if (!by || !list[index + by]) return
    event.preventDefault()
    move(index, index + by)
    window.setTimeout(() => handles.current[index + by]?.focus())
  }
  return (
    <>
      <ol className={classes.list} aria-label="Environments">
        {list.map((environment, index) => (
          <li
            key={environment.id}
            draggable={manages}
            data-dragged={dragged === index}
            onDragStart={event => {
              event.dataTransfer.effectAllowed = 'move'
              setDragged(index)
            }}
            onDragOver={event => event.preventDefault()}
            onDrop={event => {
              event.preventDefault()
              if (dragged !== undefined) move(dragged, index)
            }}
            onDragEnd={() => setDragged(undefined)}
          >
            {manages && (
              <button
                ref={node => {
                  handles.current[index] = node
                }}
                type="button"
                className={classes.handle}
                aria-label={`Move ${environment.name}: arrow up or down`}
                onKeyDown={event => onKeyDown(event, index)}
              >
                <Icon name="grip" />
              </button>
            )}
            <span className={classes.number}>{index + 1}</span>
            <Name environment={environment} manages={manages} />
          </li>
        ))}
      </ol>
      <span className="visually-hidden" role="status">
        {said}
      </span>
    </>
  )
}

function Name({ environment, manages }: { environment: Environment; manages: boolean }) {
  const [name, setName] = useState<string>()
  const params = { path: { environment: environment.id } }
  const rename = useWrite({
    run: (to: string) => unwrap(http.PATCH('/api/v1/environments/{environment}', { params, body: { name: to } })),
    after: () => setName(undefined),
  })
  const remove = useWrite({
    run: () => unwrap(http.DELETE('/api/v1/environments/{environment}', { params })),
    done: () => `${environment.name} is removed.`,
  })
  if (name !== undefined) {
    return (
      <form
        className="row grow"
        onSubmit={event => {
          event.preventDefault()
          rename.mutate(name)
        }}
      >
        <TextInput
          aria-label={`New name of ${environment.name}`}
          size="xs"
          autoFocus
          value={name}
          onChange={event => setName(event.currentTarget.value)}
        />
        <Button size="compact-sm" type="submit" loading={rename.isPending}>
          Rename
        </Button>
        <Button size="compact-sm" variant="default" onClick={() => setName(undefined)}>
          Cancel
        </Button>
      </form>
    )
  }
  return (
    <>
      <span className="grow">
        <Link to={pb.environment(environment.id)}>{environment.name}</Link>
        <span className="muted small" style={{ display: 'block' }}>
          Waits {limitText(environment.applied.lockTimeout.timeout)} for locks, stops a statement after{' '}
          {limitText(environment.applied.statementTimeout.timeout)}
        </span>
      </span>
      {manages && (
        <>
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={`Rename ${environment.name}`}
            onClick={() => setName(environment.name)}
          >
            <Icon name="pencil" />
          </ActionIcon>
          <ConfirmButton
            size="compact-sm"
            title={`Remove ${environment.name}?`}
            verb="Remove"
            danger
            onConfirm={() => remove.mutate()}
          >
            Move or remove its instances first.
          </ConfirmButton>
        </>
      )}
    </>
  )
}
