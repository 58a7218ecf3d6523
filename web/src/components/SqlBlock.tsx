import { useIntersection } from '@mantine/hooks'
import { lazy, type ReactNode, Suspense, useRef } from 'react'
import type { Schemas } from '~/api/client'
import { CopyButton } from '~/ui/CopyButton'
import classes from './SqlBlock.module.css'

const SqlView = lazy(() => import('./SqlView').then(module => ({ default: module.SqlView })))
const SqlDiffView = lazy(() => import('./SqlDiffView').then(module => ({ default: module.SqlDiffView })))

interface SqlBlockProps {
  /** What the text is: the path of the file. */
  label: string
  sql: Schemas['Text']
  /** The line that an error is about, from 1. */
  line?: number | undefined
  /** What the review says of lines. */
  marks?: readonly LineMark[] | undefined
  /** Whether the way back of the file is what runs. */
  undoes?: boolean
}

/** A note at a line of a text, such as a finding. */
export interface LineMark {
  line: number
  level: 'error' | 'warning' | 'info'
  words: string
}

/**
 * SQL with line numbers and colors, to read and to copy. It is readable before the colors are
 * loaded.
 */
export function SqlBlock({ label, sql, line, marks, undoes = false }: SqlBlockProps) {
  return (
    <figure className={classes.block}>
      <figcaption className={classes.head}>
        <span className="mono wrap-any">{label}</span>
        <CopyButton value={sql.text} label="SQL" />
      </figcaption>
      {sql.markers && <div className={classes.note}>{wordMarkers(sql.markers, undoes)}</div>}
      <Colored plain={sql.text}>
        <SqlView text={sql.text} label={label} line={line} marks={marks} />
      </Colored>
      {sql.truncated && (
        <div className={classes.foot}>
          Only the beginning is shown; the file has {sql.size.toLocaleString('en')} bytes.
        </div>
      )}
    </figure>
  )
}

/** How a file of another migration tool is read. */
export function wordMarkers({ format, noTransaction, undo }: Schemas['Markers'], undoes: boolean) {
  const way = noTransaction ? ', without a transaction' : ''
  const runs = undoes ? 'is all that runs here' : 'does not run'
  const back = undo ? ` The way back begins at line ${undo.line.toLocaleString('en')} and ${runs}.` : ''
  return `Written for ${format}${way}.${back}`
}

/** A colored view, which is built when it first comes near the window. */
function Colored({ plain, children }: { plain: string; children: ReactNode }) {
  const { ref, entry } = useIntersection({ rootMargin: '200px' })
  const near = useRef(false)
  near.current ||= entry?.isIntersecting === true
  return (
    <div ref={ref}>
      {near.current ? <Suspense fallback={<Plain text={plain} />}>{children}</Suspense> : <Plain text={plain} />}
    </div>
  )
}

/** The text until the colored view is there. */
function Plain({ text }: { text: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it
    <pre className={classes.plain} tabIndex={0}>
      {text}
    </pre>
  )
}

interface SqlDiffProps {
  before: Schemas['Text']
  after: Schemas['Text']
}

/** Two texts side by side, or one below the other on narrow screens. */
export function SqlDiff({ before, after }: SqlDiffProps) {
  return (
    <figure className={classes.block}>
      <figcaption className={classes.head}>
        <span>Schema before and after</span>
        <CopyButton value={after.text} label="the schema after" />
      </figcaption>
      <Colored plain={after.text}>
        <SqlDiffView before={before.text} after={after.text} />
      </Colored>
    </figure>
  )
}
