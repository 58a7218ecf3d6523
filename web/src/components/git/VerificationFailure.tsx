import type { ReactNode } from 'react'
import type { Schemas } from '~/api/client'
import { Notice } from '~/ui/Notice'

/** What happened, in a few words; the API's message says the rest. */
const titles: Record<string, string> = {
  denied: 'Access was not granted',
  missing_permission: 'A permission is missing',
  wrong_credentials: 'The credentials are not accepted',
  no_callback: 'The callback is not set',
  invalid_code: 'The sign-in is no longer valid',
  expired: 'Nothing came back in time',
  forbidden: 'The provider refused',
  unavailable: 'The provider does not answer',
  provider_error: 'The provider answered with an error',
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
    <Notice kind="error" title={titles[verification.reason ?? ''] ?? 'The sign-in did not work'} action={action}>
      <p>{verification.message}</p>
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
