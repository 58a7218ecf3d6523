import { orderWords, type Standing, standingOf, stopsMerge } from '~/api/branch-reviews'
import type { Schemas } from '~/api/client'
import { Badge, type Tone } from '~/ui/Badge'
import type { IconName } from '~/ui/Icon'

const standings: Record<Standing, [word: string, icon: IconName, tone: Tone]> = {
  reviewing: ['Under review', 'clock', 'idle'],
  passed: ['Passed', 'check', 'ok'],
  stopped: ['Needs changes', 'cross', 'bad'],
  incomplete: ['Not reviewed', 'alert', 'bad'],
  ended: ['Ended', 'dash', 'idle'],
}

/** What a branch's review amounts to, as its build status says it. */
export function BranchStanding({ review }: { review: Schemas['BranchReview'] }) {
  const standing = standingOf(review)
  const [word, icon, tone] = standings[standing]
  return (
    <Badge icon={icon} tone={tone} state={standing}>
      {word}
    </Badge>
  )
}

/** The place of a branch in the merge order, in a few words. */
export function MergeOrder({ review }: { review: Schemas['BranchReview'] }) {
  const { verdict } = review
  if (!verdict) return <span className="muted">–</span>
  const tone = stopsMerge(verdict) ? 'bad' : verdict === 'clear' ? 'ok' : 'warn'
  const icon = stopsMerge(verdict) ? 'cross' : verdict === 'clear' ? 'check' : 'alert'
  return (
    <Badge icon={icon} tone={tone} plain={verdict === 'clear'} state={verdict}>
      {orderWords[verdict]}
    </Badge>
  )
}
