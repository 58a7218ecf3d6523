import type { Schemas } from '~/api/client'
import { Notice } from '~/ui/Notice'
import { readingsOf } from '~/util/readings'
import classes from './TaskReason.module.css'

interface TaskReasonProps {
  task: Pick<Schemas['Task'], 'state' | 'reason' | 'error'>
  /** The error of the attempt shown below, which is not repeated here. */
  told: Schemas['Reason'] | undefined
}

/**
 * Why a task is not done. For an unknown outcome, also the catalog before the statement and now.
 */
export function TaskReason({ task, told }: TaskReasonProps) {
  const { state, reason, error } = task
  if (!reason || (state === 'failed' && told)) return null
  const kind =
    state === 'failed'
      ? 'error'
      : state === 'held' || state === 'unknown' || reason.code === 'uncompared'
        ? 'warning'
        : 'info'
  return (
    <>
      <Notice kind={kind} title={state === 'unknown' ? 'Check the database' : undefined}>
        <span style={{ whiteSpace: 'pre-wrap' }}>{reason.text}</span>
      </Notice>
      {error && error.text !== reason.text && !told && (
        <Notice kind="error" title="The last attempt failed">
          <span style={{ whiteSpace: 'pre-wrap' }}>{error.text}</span>
        </Notice>
      )}
      {readingsOf(reason).map(reading => (
        <section key={reading.object} className={classes.readings} aria-label={reading.object}>
          <figure>
            <figcaption>{reading.object} before the statement</figcaption>
            <pre className="mono">{reading.before}</pre>
          </figure>
          <figure>
            <figcaption>{reading.object} now</figcaption>
            <pre className="mono">{reading.now}</pre>
          </figure>
        </section>
      ))}
    </>
  )
}
