import { useMemo } from 'react'
import type { Schemas } from '~/api/client'
import { type FileFindings, marksOf } from '~/api/findings'
import { SqlBlock } from '../SqlBlock'

/** The text of a file with marks at the lines of findings. */
export function MarkedSql({ file, sql }: { file: FileFindings; sql: Schemas['Text'] }) {
  const marks = useMemo(() => marksOf(file), [file])
  return <SqlBlock label={file.path} sql={sql} marks={marks} />
}
