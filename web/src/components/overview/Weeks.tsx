import type { Schemas } from '~/api/client'
import { duration } from '~/util/date'
import { count } from '~/util/str'
import classes from './Weeks.module.css'

type Week = Schemas['OverviewWeek']

/** The size of a chart, in pixels. */
const width = 240
const height = 44
const gap = 4

/** The changes of the last weeks: how many, and how long one took. */
export function Weeks({ weeks }: { weeks: Week[] }) {
  const changes = weeks.reduce((sum, week) => sum + week.changes, 0)
  const last = weeks.at(-1)
  const longest = Math.max(0, ...weeks.map(week => week.longestMs))
  if (changes === 0 || !last) return null
  return (
    <section className={classes.charts} aria-label="The last twelve weeks">
      <Chart
        title="Changes per week"
        now={`${last.changes.toLocaleString('en')} this week`}
        bars={weeks.map(week => [week.changes, `${weekOf(week)}: ${count(week.changes, 'change')}`])}
      />
      <Chart
        title="Average duration"
        now={`longest ${duration(longest)}`}
        bars={weeks.map(week => [
          week.averageMs,
          `${weekOf(week)}: ${week.changes ? duration(week.averageMs) : 'none'}`,
        ])}
      />
    </section>
  )
}

const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' })

function weekOf(week: Week): string {
  return `Week of ${day.format(new Date(week.start))}`
}

/** The heights of bars in pixels: the largest value is as high as the chart, and no value above 0 is invisible. */
export function barHeights(values: number[]): number[] {
  const top = Math.max(...values, 0)
  return values.map(value => (value > 0 ? Math.max(2, Math.round((value / top) * height)) : 0))
}

interface ChartProps {
  title: string
  /** What the newest bar says, in words. */
  now: string
  bars: [value: number, label: string][]
}

function Chart({ title, now, bars }: ChartProps) {
  const heights = barHeights(bars.map(([value]) => value))
  const each = width / bars.length
  return (
    <figure className={classes.chart}>
      <figcaption>
        {title} <span className="muted small">{now}</span>
      </figcaption>
      <svg
        viewBox={`0 0 ${width} ${height + 1}`}
        role="img"
        aria-label={`${title}. ${bars.map(([, label]) => label).join('. ')}`}
      >
        <line x1={0} x2={width} y1={height + 0.5} y2={height + 0.5} className={classes.axis} />
        {bars.map(([, label], index) => (
          <g key={label}>
            <title>{label}</title>
            <rect x={index * each} y={0} width={each} height={height} fill="transparent" />
            <rect
              x={index * each + gap / 2}
              y={height - (heights[index] ?? 0)}
              width={each - gap}
              height={heights[index] ?? 0}
              className={classes.bar}
              data-now={index === bars.length - 1}
            />
          </g>
        ))}
      </svg>
    </figure>
  )
}
