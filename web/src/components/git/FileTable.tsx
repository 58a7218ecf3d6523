import type { ReactNode } from 'react'
import type { Schemas } from '~/api/client'
import { type Column, QueryTable } from '~/table/QueryTable'
import { Path } from '../Path'

type File = Schemas['ManifestFile']

function whatItIs(file: File): string {
  const name = file.type === 'repeatable' ? 'Repeatable' : `Version ${file.label}`
  return `${name}${file.description ? `, ${file.description}` : ''}${file.reason ? `. ${file.reason.text}` : ''}`
}

const columns: Column<File>[] = [
  { title: 'File', keep: 60, cell: file => <Path path={file.path} /> },
  {
    title: 'What it is',
    bare: true,
    cell: file => (file.state === 'ignored' ? `Ignored. ${file.reason?.text ?? ''}` : whatItIs(file)),
  },
]

/** Files of a repository with the reasons why they are ignored. */
export function FileTable({ files, empty }: { files: File[]; empty: ReactNode }) {
  return <QueryTable label="Files" columns={columns} rows={files} id={file => file.path} empty={empty} />
}
