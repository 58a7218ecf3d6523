import { Button } from '@mantine/core'
import { useState } from 'react'
import { Path } from '~/components/Path'
import classes from './Conventions.module.css'
import { docsOf } from './convention-docs'
import { type Convention, countsOf, isTaken, othersOf, type Preset, presetOf } from './conventions'
import type { LinkValues } from './values'

/** How many conventions are shown at first. */
const few = 4

interface ConventionsProps {
  found: Convention[]
  values: LinkValues
  onTake: (preset: Preset) => void
}

/** Whose conventions the repository follows. One click fills in the settings, which stay editable. */
export function Conventions({ found, values, onTake }: ConventionsProps) {
  const [all, setAll] = useState(false)
  if (found.length === 0) return null
  const shown = all ? found : found.slice(0, few)
  return (
    <section className="stack tight" aria-labelledby="conventions">
      <h3 id="conventions">Found in the repository</h3>
      <ul className={classes.list}>
        {shown.map(one => (
          <Item key={`${one.tool} ${one.baseDirectory} ${one.filePathTemplate ?? ''}`} {...{ one, values, onTake }} />
        ))}
      </ul>
      {shown.length < found.length && (
        <div>
          <Button size="compact-sm" variant="subtle" onClick={() => setAll(true)}>
            Show {found.length - shown.length} more
          </Button>
        </div>
      )}
    </section>
  )
}

function Item({ one, values, onTake }: { one: Convention; values: LinkValues; onTake: (preset: Preset) => void }) {
  const preset = presetOf(one)
  const taken = preset !== undefined && isTaken(preset, values)
  const others = othersOf(one)
  const folder = one.baseDirectory || 'the whole repository'
  return (
    <li>
      <div className={classes.words}>
        <div>
          <strong>{one.title}</strong>
          {': '}
          {countsOf(one)}
          {' · '}
          <Docs one={one} />
        </div>
        <div className="small">
          <Path path={[one.baseDirectory, one.filePathTemplate].filter(Boolean).join('/')} />
        </div>
        {others && <div className="muted small">{others}</div>}
        {one.note && <div className="muted small">{one.note.text}</div>}
      </div>
      {preset && (
        <Button
          size="compact-sm"
          variant="default"
          aria-pressed={taken}
          aria-label={`Use ${one.title} in ${folder}`}
          onClick={() => onTake(preset)}
        >
          {taken ? 'In use' : 'Use'}
        </Button>
      )}
    </li>
  )
}

/** Leads to the documentation of a tool, in a window of its own so that the form stays. */
function Docs({ one }: { one: Convention }) {
  const own = one.tool === 'towpath'
  return (
    <a
      href={docsOf(one.tool)}
      target="_blank"
      rel="noreferrer"
      aria-label={own ? undefined : `How to move from ${one.title}`}
    >
      {own ? 'How files are named' : 'How to move'}
    </a>
  )
}
