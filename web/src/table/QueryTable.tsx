import { useNavigate } from '@tanstack/react-router'
import { type CSSProperties, type KeyboardEvent, type ReactNode, useRef, useState } from 'react'
import classes from './QueryTable.module.css'

/** A column of a table. */
export interface Column<T> {
  title: string
  cell: (row: T) => ReactNode
  /** Left out on narrow screens. */
  wide?: boolean
  /**
   * The first cell of a row on narrow screens, where rows are stacked. By default it is the first
   * column.
   */
  main?: boolean
  /** Needs no title in a stacked row. */
  bare?: boolean
  /** As narrow as its content. */
  fit?: boolean
  /** Breaks no line before so many characters, for names and paths next to longer texts. */
  keep?: number
  /** Has a line of its own in a stacked row. */
  line?: boolean
  /** Aligned to the right, as numbers are, so that their digits line up. */
  number?: boolean
}

interface QueryTableProps<T> {
  /** The name of the rows, for screen readers. */
  label: string
  columns: Column<T>[]
  rows: T[]
  id: (row: T) => string
  /** The address that Enter and a click open. */
  to?: (row: T) => string
  /** Shown instead of a table without rows. */
  empty: ReactNode
  /** How many rows are rendered at once; the button below shows more. */
  step?: number
}

/** So many characters, and fewer on screens where all columns together would not fit then. */
const keepWidth = (characters: number) =>
  ({ '--keep': `min(${characters}ch, ${characters * 0.55}vw)` }) as CSSProperties

/**
 * A table with a sticky head, driven by j, k, arrows and Enter once a row has the focus. On narrow screens each row is a block
 * of its cells, so that nothing is wider than the screen.
 */
export function QueryTable<T>({ label, columns, rows, id, to, empty, step = 200 }: QueryTableProps<T>) {
  const body = useRef<HTMLTableSectionElement>(null)
  const navigate = useNavigate()
  const [shown, setShown] = useState(step)
  const [current, setCurrent] = useState(0)
  if (rows.length === 0) return empty
  const lead = columns.find(column => column.main) ?? columns[0]
  const labelOf = (column: Column<T>) =>
    column === lead || column.bare || column.title.startsWith('_') ? undefined : column.title

  const move = (event: KeyboardEvent, index: number, row: T) => {
    if (event.target !== event.currentTarget) return
    const by = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 }[event.key]
    if (by) {
      event.preventDefault()
      const next = body.current?.rows[index + by]
      if (next) {
        setCurrent(index + by)
        next.focus()
      }
    } else if (event.key === 'Enter' && to) {
      event.preventDefault()
      void navigate({ to: to(row) })
    }
  }
  const keyboard = to !== undefined
  return (
    <div className={classes.frame}>
      <table className={classes.table} aria-label={label}>
        <thead>
          <tr>
            {columns.map(column => (
              <th
                key={column.title}
                scope="col"
                data-wide={column.wide}
                data-fit={column.fit}
                data-number={column.number}
              >
                {column.title.startsWith('_') ? (
                  <span className="visually-hidden">{column.title.slice(1)}</span>
                ) : (
                  column.title
                )}
              </th>
            ))}
          </tr>
        </thead>
        <tbody ref={body}>
          {rows.slice(0, shown).map((row, index) => (
            <tr
              key={id(row)}
              data-link={keyboard}
              {...(keyboard ? { tabIndex: index === Math.min(current, rows.length - 1) ? 0 : -1 } : {})}
              onKeyDown={event => move(event, index, row)}
              onFocus={() => setCurrent(index)}
              onClick={event => {
                const target = event.target as Element // clicks in a menu that the row opened arrive here too
                if (to && event.currentTarget.contains(target) && !target.closest('a, button, input, label')) {
                  void navigate({ to: to(row) })
                }
              }}
            >
              {columns.map(column => (
                <td
                  key={column.title}
                  data-wide={column.wide}
                  data-fit={column.fit}
                  data-number={column.number}
                  data-main={column === lead}
                  data-action={column.title.startsWith('_')}
                  data-line={column.line}
                  data-label={labelOf(column)}
                >
                  {column.keep ? (
                    <div className={classes.keep} style={keepWidth(column.keep)}>
                      {column.cell(row)}
                    </div>
                  ) : (
                    column.cell(row)
                  )}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > shown && (
        <button type="button" className={classes.more} onClick={() => setShown(shown + step)}>
          Show {Math.min(step, rows.length - shown)} more of {rows.length - shown}
        </button>
      )}
    </div>
  )
}
