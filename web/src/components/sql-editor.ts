import { sql } from '@codemirror/lang-sql'
import { HighlightStyle, syntaxHighlighting } from '@codemirror/language'
import { EditorState, type Extension } from '@codemirror/state'
import { EditorView, lineNumbers } from '@codemirror/view'
import { tags } from '@lezer/highlight'

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

/** What all views of SQL have in common: colors, line numbers, and nothing to write. */
export const readOnly = (label: string): Extension => [
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
