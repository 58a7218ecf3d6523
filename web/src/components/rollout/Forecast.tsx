import type { Schemas } from '~/api/client'
import { measured } from '~/api/rehearsals'
import { count } from '~/util/str'
import { TimeAgo } from '../TimeAgo'

/** What a rehearsal of the text measured before the merge. */
export function Forecast({ rehearsed }: { rehearsed: NonNullable<Schemas['TaskDetail']['rehearsed']> }) {
  const { file, server, environment, database, endedAt } = rehearsed
  const [worst] = file.locks
  return (
    <p className="muted">
      Rehearsed before the merge on {server} with the schema of {environment}/{database}
      {endedAt && (
        <>
          , <TimeAgo at={endedAt} />
        </>
      )}
      : {measured(file.seconds)}, {count(file.rows, 'row')}
      {worst && `, ${worst.mode} on ${worst.table || 'the whole database'} for ${measured(worst.held)}`}
      {file.rewrites.length > 0 && `, writes ${file.rewrites.join(', ')} again`}. Tables were nearly empty there.
    </p>
  )
}
