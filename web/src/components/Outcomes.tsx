import { messageOf } from '~/api/errors'
import { Notice } from '~/ui/Notice'
import type { Outcome } from '~/util/several'
import { count } from '~/util/str'

interface OutcomesProps<T> {
  /** What was done, such as "Retried". */
  did: string
  outcomes: Outcome<T>[]
  name: (item: T) => string
}

/** What came of several things: how many worked, and why each other did not. */
export function Outcomes<T>({ did, outcomes, name }: OutcomesProps<T>) {
  const failed = outcomes.filter(one => one.error !== undefined)
  return (
    <Notice
      kind={failed.length > 0 ? 'error' : 'ok'}
      title={`${did} ${outcomes.length - failed.length} of ${count(outcomes.length, 'item')}`}
    >
      {failed.length > 0 && (
        <ul className="stack tight" aria-label="Not done">
          {failed.map(({ item, error }) => (
            <li key={name(item)}>
              {name(item)}: {messageOf(error)}
            </li>
          ))}
        </ul>
      )}
    </Notice>
  )
}
