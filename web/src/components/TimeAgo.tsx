import { Tooltip } from '@mantine/core'
import { useClock } from '~/hooks/use-clock'
import { exactTime, relativeTime } from '~/util/date'

/** A time relative to now; the exact one is on hover. */
export function TimeAgo({ at, none = 'never' }: { at: string | undefined; none?: string }) {
  const words = useClock(now => (at ? relativeTime(at, now) : ''))
  if (!at) return <span className="muted">{none}</span>
  return (
    <Tooltip label={exactTime(at)}>
      <time dateTime={at} style={{ whiteSpace: 'nowrap' }}>
        {words}
      </time>
    </Tooltip>
  )
}
