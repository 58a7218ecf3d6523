import { EditorState, type Extension, RangeSet } from '@codemirror/state'
import { Decoration, EditorView, GutterMarker, gutter } from '@codemirror/view'
import { useEffect, useRef } from 'react'
import type { LineMark } from './SqlBlock'
import { readOnly } from './sql-editor'

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
