import type { ReactNode } from 'react'
import type { Schemas } from '~/api/client'
import { Notice } from '~/ui/Notice'

/** What happened, in a few words; the reason's text says the rest. */
const titles: Record<string, string> = {
  'sign-in-denied': 'Access was not granted',
  'permission-missing': 'A permission is missing',
  'credentials-wrong': 'The credentials are not accepted',
  'callback-missing': 'The callback is not set',
  'sign-in-invalid': 'The sign-in is no longer valid',
  'sign-in-expired': 'Nothing came back in time',
  'sign-in-forbidden': 'The provider refused',
  'sign-in-unanswered': 'The provider does not answer',
  'sign-in-error': 'The provider answered with an error',
}

/** Why a sign-in failed and what to do. */
export function VerificationFailure({
  verification,
  action,
}: {
  verification: Schemas['Verification']
  action?: ReactNode
}) {
  return (
    <Notice kind="error" title={titles[verification.reason?.code ?? ''] ?? 'The sign-in did not work'} action={action}>
      <p>{verification.reason?.text}</p>
      {verification.missing.length > 0 && (
        <ul style={{ margin: '4px 0 0', paddingLeft: 20 }}>
          {verification.missing.map(permission => (
            <li key={permission}>{permission}</li>
          ))}
        </ul>
      )}
    </Notice>
  )
}
