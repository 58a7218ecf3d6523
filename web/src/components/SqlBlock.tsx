import { lazy, Suspense } from 'react'
import type { Schemas } from '~/api/client'
import { CopyButton } from '~/ui/CopyButton'
import classes from './SqlBlock.module.css'

const SqlView = lazy(() => import('./SqlView').then(module => ({ default: module.SqlView })))
const SqlDiffView = lazy(() => import('./SqlView').then(module => ({ default: module.SqlDiffView })))

interface SqlBlockProps {
  /** What the text is: the path of the file. */
  label: string
  sql: Schemas['Text']
  /** The line that an error is about, from 1. */
  line?: number | undefined
  /** What the review says of lines. */
  marks?: readonly LineMark[] | undefined
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
export function SqlBlock({ label, sql, line, marks }: SqlBlockProps) {
  return (
    <figure className={classes.block}>
      <figcaption className={classes.head}>
        <span className="mono wrap-any">{label}</span>
        <CopyButton value={sql.text} label="SQL" />
      </figcaption>
      <Suspense fallback={<Plain text={sql.text} />}>
        <SqlView text={sql.text} label={label} line={line} marks={marks} />
      </Suspense>
      {sql.truncated && (
        <div className={classes.foot}>
          Only the beginning is shown; the file has {sql.size.toLocaleString('en')} bytes.
        </div>
      )}
    </figure>
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
      <Suspense fallback={<Plain text={after.text} />}>
        <SqlDiffView before={before.text} after={after.text} />
      </Suspense>
    </figure>
  )
}
