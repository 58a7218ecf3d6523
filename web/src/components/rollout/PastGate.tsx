import { http, type Schemas, unwrap } from '~/api/client'
import { Notice } from '~/ui/Notice'
import { TimeAgo } from '../TimeAgo'
import { WhyButton } from '../WhyButton'

interface PastGateProps {
  rollout: { id: string; projectId: string }
  environment: string
  look: Schemas['SecondLook']
}

/** A start past a gate: why it was, and who has looked at it since. */
export function PastGate({ rollout, environment, look }: PastGateProps) {
  const place = environment || 'a removed environment'
  return (
    <Notice
      kind={look.overdue ? 'error' : look.lookedAt ? 'info' : 'warning'}
      title={`${look.name || 'A former member'} started ${place} past its gate`}
      action={look.mayLook && <LookButton rollout={rollout} look={look} />}
    >
      <div>{look.why}</div>
      <Looked look={look} place={place} />
    </Notice>
  )
}

/** Who has looked, or until when somebody must. */
function Looked({ look, place }: { look: Schemas['SecondLook']; place: string }) {
  if (look.lookedAt)
    return (
      <div>
        {look.lookedBy || 'A former member'} looked at it <TimeAgo at={look.lookedAt} />
        {look.note ? `: ${look.note}` : '.'}
      </div>
    )
  return (
    <>
      <div>
        {look.overdue ? (
          <>
            Nobody else has looked at it. Due since <TimeAgo at={look.dueAt} />.
          </>
        ) : (
          <>
            Another person must look at it. Due <TimeAgo at={look.dueAt} />.
          </>
        )}
      </div>
      {look.people === 0 && (
        <div>
          Nobody else may yet: invite a second person, or give a member a role that approves changes of {place}.
        </div>
      )}
    </>
  )
}

function LookButton({ rollout, look }: { rollout: PastGateProps['rollout']; look: Schemas['SecondLook'] }) {
  return (
    <WhyButton
      variant="filled"
      verb="Mark as looked at"
      label="Looked at…"
      title="Have you looked at this start?"
      asks="Note"
      optional
      shown="Shown with the rollout and in the audit log. It may be empty."
      run={note =>
        unwrap(
          http.POST('/api/v1/rollouts/{rollout}/second-looks/{look}', {
            params: { path: { rollout: rollout.id, look: look.id } },
            body: { note },
          }),
        )
      }
      done={() => 'Marked as looked at.'}
    >
      {look.name} started these changes without the consent or outside of the windows that the environment asks for.
      Check what ran, and why it could not wait.
    </WhyButton>
  )
}
