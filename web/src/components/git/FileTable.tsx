import type { ReactNode } from 'react'
import type { Schemas } from '~/api/client'
import { type Column, QueryTable } from '~/table/QueryTable'
import { Path } from '../Path'

type File = Schemas['ManifestFile']

const columns: Column<File>[] = [
  { title: 'File', keep: 60, cell: file => <Path path={file.path} /> },
  {
    title: 'What it is',
    bare: true,
    cell: file =>
      file.state === 'ignored'
        ? `Ignored. ${file.reason?.text ?? ''}`
        : `Version ${file.label}${file.description ? `, ${file.description}` : ''}${file.reason ? `. ${file.reason.text}` : ''}`,
  },
]

/** Files of a repository with the reasons why they are ignored. */
export function FileTable({ files, empty }: { files: File[]; empty: ReactNode }) {
  return <QueryTable label="Files" columns={columns} rows={files} id={file => file.path} empty={empty} />
}
