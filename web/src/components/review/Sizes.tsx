import type { Schemas } from '~/api/client'
import { about, count, size } from '~/util/str'
import classes from './Sizes.module.css'

/** How large the tables are that a file changes: what a rewrite, a scan or a lock costs there. */
export function Sizes({ files }: { files: Schemas['ReviewedFile'][] }) {
  const largest = new Map<string, Schemas['ReviewedTable']>()
  for (const table of files.flatMap(file => file.tables)) {
    const known = largest.get(table.name)
    if (!known || known.bytes < table.bytes) largest.set(table.name, table)
  }
  const tables = [...largest.values()].filter(table => table.rows > 0 || table.bytes > 0)
  if (tables.length === 0) return null
  return (
    <ul className={`${classes.sizes} muted small`} aria-label="Tables that it changes">
      {tables.slice(0, 3).map(table => (
        <li key={table.name}>
          <span className="mono">{table.name}</span>: {table.rows === 1 ? '1 row' : `${about(table.rows)} rows`}
          {table.bytes > 0 && `, ${size(table.bytes)}`}
        </li>
      ))}
      {tables.length > 3 && <li>and {count(tables.length - 3, 'more table')}</li>}
    </ul>
  )
}
