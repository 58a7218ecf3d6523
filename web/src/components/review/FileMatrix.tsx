import { useQuery } from '@tanstack/react-query'
import type { Schemas } from '~/api/client'
import { environmentsQuery } from '~/api/queries'
import { type Column, QueryTable } from '~/table/QueryTable'
import { Badge } from '~/ui/Badge'
import { count } from '~/util/str'
import { LevelBadge } from './LevelBadge'
import { Sizes } from './Sizes'

type Reviewed = Schemas['ReviewedFile']

interface FileRow {
  path: string
  version: string
  places: Reviewed[]
}

/** Where each file runs, and what was found there: a row a file, a column an environment. */
export function FileMatrix({ files }: { files: readonly Reviewed[] }) {
  const order = useQuery(environmentsQuery).data ?? []
  const used = order.filter(environment => files.some(file => file.environmentId === environment.id))
  const rows: FileRow[] = [...new Set(files.map(file => file.path))].map(path => {
    const places = files.filter(file => file.path === path)
    return { path, version: places[0]?.version ?? '', places }
  })
  const columns: Column<FileRow>[] = [
    { title: 'Version', fit: true, cell: row => row.version },
    { title: 'File', main: true, cell: row => <span className="mono wrap-any">{row.path}</span> },
    ...used.map(environment => ({
      title: environment.name,
      cell: (row: FileRow) => <Place files={row.places.filter(file => file.environmentId === environment.id)} />,
    })),
  ]
  if (used.length === 0) return null
  return (
    <section className="stack tight" aria-labelledby="files">
      <h2 id="files">Where it runs</h2>
      <QueryTable label="Files by environment" columns={columns} rows={rows} id={row => row.path} empty={null} />
    </section>
  )
}

/** A file in one environment. Databases that differ are reviewed apart; the gravest result counts. */
function Place({ files }: { files: Reviewed[] }) {
  if (files.length === 0) return <span className="muted">does not run here</span>
  const databases = files.reduce((sum, file) => sum + file.databases, 0)
  return (
    <div>
      <span className="row wrap">
        <Outcome files={files} />
        <span className="muted small">{count(databases, 'database')}</span>
      </span>
      <Sizes files={files} />
    </div>
  )
}

function Outcome({ files }: { files: Reviewed[] }) {
  const errors = Math.max(...files.map(file => file.errors))
  const warnings = Math.max(...files.map(file => file.warnings))
  if (files.some(file => file.against === '')) return <LevelBadge level="warning" words="Not reviewed" />
  if (errors > 0) return <LevelBadge level="error" words={count(errors, 'error')} />
  if (warnings > 0) return <LevelBadge level="warning" words={count(warnings, 'warning')} />
  return (
    <Badge icon="check" tone="ok" plain>
      No findings
    </Badge>
  )
}
