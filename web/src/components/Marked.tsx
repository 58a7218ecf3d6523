import type { Schemas } from '~/api/client'
import { TimeAgo } from './TimeAgo'

/** Who said that the database has a migration already, as a row of facts; nothing when nobody did. */
export function Marked({ mark }: { mark: Schemas['Mark'] | undefined }) {
  if (!mark) return null
  return (
    <>
      <dt>Marked as applied</dt>
      <dd>
        by {mark.by}, <TimeAgo at={mark.at} />
        {mark.despite && ', although the database showed otherwise'}: {mark.why}
      </dd>
    </>
  )
}
