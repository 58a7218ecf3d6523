import { diffKind } from '~/api/rehearsals'
import classes from './Rehearsals.module.css'

/** What files change in the schema, as a unified diff. */
export function SchemaDiff({ diff }: { diff: string }) {
  if (!diff) return <p className="muted">The schema is the same before and after.</p>
  const lines = diff.trimEnd().split('\n')
  return (
    <figure className={`stack tight ${classes.figure}`}>
      <figcaption className="muted small">Schema before and after</figcaption>
      <pre className={`mono ${classes.diff}`}>
        {lines.map((line, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines of a text that does not change
          <span key={index} data-kind={diffKind(line)}>
            {line}
          </span>
        ))}
      </pre>
    </figure>
  )
}
