import type { Schemas } from '~/api/client'
import { Icon } from '~/ui/Icon'
import { count } from '~/util/str'
import classes from './Level.module.css'
import { LevelBadge } from './LevelBadge'

interface ReviewCountsProps {
  review: Schemas['ReviewCounts'] | undefined
  /** The words when there are neither errors nor warnings. */
  none?: string
}

/** What a review has found, in a few words: "2 errors, 3 warnings". */
export function ReviewCounts({ review, none }: ReviewCountsProps) {
  if (!review) return null
  const { state, errors, warnings } = review
  return (
    <span className={classes.counts}>
      {errors > 0 && <LevelBadge level="error" words={count(errors, 'error')} />}
      {warnings > 0 && <LevelBadge level="warning" words={count(warnings, 'warning')} />}
      {state === 'failed' && <LevelBadge level="warning" words="Incomplete" />}
      {state === 'pending' && (
        <span className="muted small">
          <Icon name="clock" size={14} /> Under review
        </span>
      )}
      {state === 'done' && errors + warnings === 0 && none}
    </span>
  )
}
