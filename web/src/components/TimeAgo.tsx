import { Tooltip } from '@mantine/core'
import { useNow } from '~/hooks/use-now'
import { exactTime, relativeTime } from '~/util/date'

/** A time relative to now; the exact one is on hover. */
export function TimeAgo({ at, none = 'never' }: { at: string | undefined; none?: string }) {
  const now = useNow()
  if (!at) return <span className="muted">{none}</span>
  return (
    <Tooltip label={exactTime(at)}>
      <time dateTime={at} style={{ whiteSpace: 'nowrap' }}>
        {relativeTime(at, now)}
      </time>
    </Tooltip>
  )
}
