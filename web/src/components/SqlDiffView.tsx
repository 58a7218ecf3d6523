import { MergeView, unifiedMergeView } from '@codemirror/merge'
import { EditorView } from '@codemirror/view'
import { useMediaQuery } from '@mantine/hooks'
import { useEffect, useRef } from 'react'
import { readOnly } from './sql-editor'

/** The diff view of SqlDiff. */
export function SqlDiffView({ before, after }: { before: string; after: string }) {
  const place = useRef<HTMLDivElement>(null)
  const narrow = useMediaQuery('(max-width: 1023px)', window.innerWidth < 1024)
  useEffect(() => {
    const parent = place.current
    if (!parent) return
    if (narrow) {
      const unified = unifiedMergeView({
        original: before,
        mergeControls: false,
        gutter: true,
        collapseUnchanged: { margin: 3, minSize: 6 },
      })
      const view = new EditorView({ parent, doc: after, extensions: [readOnly('Schema after'), unified] })
      return () => view.destroy()
    }
    const view = new MergeView({
      parent,
      a: { doc: before, extensions: readOnly('Schema before') },
      b: { doc: after, extensions: readOnly('Schema after') },
      gutter: true,
      collapseUnchanged: { margin: 3, minSize: 6 },
    })
    return () => view.destroy()
  }, [before, after, narrow])
  return <div ref={place} style={{ maxHeight: 640, overflow: 'auto' }} />
}
