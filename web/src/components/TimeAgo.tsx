import { Tooltip } from '@mantine/core'
import { useClock } from '~/hooks/use-clock'
import { exactTime, logTime, realTime, relativeTime } from '~/util/date'

interface TimeProps {
  at: string | undefined
  /** Shown where there is no time. */
  none?: string
  /** Where there are hundreds: without a tooltip of its own. */
  many?: boolean
}

/** A relative time; the exact one is shown on hover. */
export function TimeAgo({ at: given, none = 'never', many = false }: TimeProps) {
  const at = realTime(given)
  const words = useClock(now => (at ? relativeTime(at, now) : ''))
  if (!at) return <span className="muted">{none}</span>
  if (many) {
    return (
      <time dateTime={at} title={exactTime(at)} style={{ whiteSpace: 'nowrap' }}>
        {words}
      </time>
    )
  }
  return (
    <Tooltip label={exactTime(at)}>
      <time dateTime={at} style={{ whiteSpace: 'nowrap' }}>
        {words}
      </time>
    </Tooltip>
  )
}

/**
 * A time to the second, for lists in which the order matters; the relative one is shown on hover.
 */
export function ExactTime({ at: given, none = 'never' }: TimeProps) {
  const at = realTime(given)
  const words = useClock(now => (at ? relativeTime(at, now) : ''))
  if (!at) return <span className="muted">{none}</span>
  return (
    <Tooltip label={`${words}: ${exactTime(at)}`}>
      <time dateTime={at} style={{ whiteSpace: 'nowrap' }}>
        {logTime(at)}
      </time>
    </Tooltip>
  )
}
