import { sql } from '@codemirror/lang-sql'
import { HighlightStyle, syntaxHighlighting } from '@codemirror/language'
import { MergeView, unifiedMergeView } from '@codemirror/merge'
import { EditorState, type Extension, RangeSet } from '@codemirror/state'
import { Decoration, EditorView, GutterMarker, gutter, lineNumbers } from '@codemirror/view'
import { tags } from '@lezer/highlight'
import { useMediaQuery } from '@mantine/hooks'
import { useEffect, useRef } from 'react'
import type { LineMark } from './SqlBlock'

const colours = HighlightStyle.define([
  { tag: tags.keyword, color: 'var(--run)', fontWeight: '500' },
  { tag: tags.typeName, color: 'var(--warn)' },
  { tag: [tags.string, tags.special(tags.string)], color: 'var(--ok)' },
  { tag: [tags.number, tags.bool, tags.null], color: 'var(--warn)' },
  { tag: tags.comment, color: 'var(--text-2)', fontStyle: 'italic' },
])

const look = EditorView.theme({
  '&': { fontSize: '13px', maxHeight: '560px' },
  '.cm-collapsedLines': { background: 'var(--surface-2)', color: 'var(--text-2)', padding: '4px 8px' },
  '.cm-collapsedLines::before, .cm-collapsedLines::after': { content: 'none' },
  '.cm-scroller': { fontFamily: 'var(--mantine-font-family-monospace)', lineHeight: '19px' },
  '.cm-gutters': { background: 'var(--surface-2)', color: 'var(--text-2)', border: 'none' },
  '.cm-content': { color: 'var(--text)' },
  '.cm-marked': { background: 'var(--bad-bg)' },
  '.cm-marks': { width: '18px' },
  '.cm-mark': { textAlign: 'center', fontWeight: '600', cursor: 'help' },
  '.cm-mark-error': { color: 'var(--bad)' },
  '.cm-mark-warning': { color: 'var(--warn)' },
  '.cm-mark-info': { color: 'var(--run)' },
  '.cm-changedLine, .cm-insertedLine': { background: 'var(--ok-bg) !important' },
  '.cm-deletedChunk, .cm-merge-a .cm-changedLine': { background: 'var(--bad-bg) !important' },
  '.cm-changedText': { background: 'color-mix(in srgb, var(--ok) 10%, transparent) !important' },
  '.cm-merge-a .cm-changedText, .cm-deletedText': {
    background: 'color-mix(in srgb, var(--bad) 10%, transparent) !important',
  },
})

const readOnly = (label: string): Extension => [
  lineNumbers(),
  sql(),
  syntaxHighlighting(colours),
  look,
  EditorState.readOnly.of(true),
  EditorView.editable.of(false),
  EditorView.contentAttributes.of({
    'aria-label': label,
    tabindex: '0',
    role: 'textbox',
    'aria-readonly': 'true',
    'aria-multiline': 'true',
  }),
]

function marked(text: string, number: number): Extension {
  const { doc } = EditorState.create({ doc: text })
  if (number < 1 || number > doc.lines) return []
  return EditorView.decorations.of(Decoration.set(Decoration.line({ class: 'cm-marked' }).range(doc.line(number).from)))
}

const signs = { error: '✕', warning: '▲', info: 'i' } as const

/** The signs of one line in the gutter; the words show on hover. */
class LineSign extends GutterMarker {
  readonly marks: LineMark[]

  constructor(marks: LineMark[]) {
    super()
    this.marks = marks
  }

  override toDOM() {
    const sign = document.createElement('div')
    const level =
      (['error', 'warning', 'info'] as const).find(one => this.marks.some(mark => mark.level === one)) ?? 'info'
    sign.className = `cm-mark cm-mark-${level}`
    sign.textContent = signs[level]
    sign.title = this.marks.map(mark => mark.words).join('\n')
    return sign
  }
}

function signed(text: string, marks: readonly LineMark[]): Extension {
  const { doc } = EditorState.create({ doc: text })
  const lines = new Map<number, LineMark[]>()
  for (const mark of marks) {
    if (mark.line >= 1 && mark.line <= doc.lines) lines.set(mark.line, [...(lines.get(mark.line) ?? []), mark])
  }
  const signs = [...lines].map(([line, list]) => new LineSign(list).range(doc.line(line).from))
  return gutter({ class: 'cm-marks', markers: () => RangeSet.of(signs, true) })
}

interface SqlViewProps {
  text: string
  label: string
  line: number | undefined
  marks: readonly LineMark[] | undefined
}

/** The colored view of SqlBlock. */
export function SqlView({ text, label, line, marks }: SqlViewProps) {
  const place = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (!place.current) return
    const shown = text.replace(/\r?\n$/, '') // a file's last line end begins no line
    const view = new EditorView({
      parent: place.current,
      doc: shown,
      extensions: [marks?.length ? signed(shown, marks) : [], readOnly(label), line ? marked(shown, line) : []],
    })
    if (line && line <= view.state.doc.lines) {
      const { top } = view.lineBlockAt(view.state.doc.line(line).from)
      view.scrollDOM.scrollTop = top - view.scrollDOM.clientHeight / 2 // the page itself stays where it is
    }
    return () => view.destroy()
  }, [text, label, line, marks])
  return <div ref={place} />
}

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
