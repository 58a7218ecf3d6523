import type { Schemas } from '~/api/client'
import { Icon } from '~/ui/Icon'
import { Notice } from '~/ui/Notice'
import { permissionLabel } from './instructions'

interface ConfirmVerificationProps {
  verification: Schemas['Verification']
  type: Schemas['ProviderType'] | undefined
}

/** Step 3: the result of the sign-in. */
export function ConfirmVerification({ verification, type }: ConfirmVerificationProps) {
  const held = new Set(verification.scopes)
  return (
    <div className="stack">
      <Notice kind="ok" title="OAuth info is correct">
        {verification.accountName} signed in at {verification.instanceUrl}.
      </Notice>
      <dl className="facts panel">
        <dt>Display name</dt>
        <dd>{verification.displayName}</dd>
        <dt>Instance URL</dt>
        <dd>{verification.instanceUrl}</dd>
        <dt>Application ID</dt>
        <dd className="mono">{verification.applicationId}</dd>
        <dt>Secret</dt>
        <dd className="muted">Stored encrypted</dd>
        <dt>Signed in</dt>
        <dd>{verification.accountName}</dd>
        <dt>Permissions</dt>
        <dd>
          {type?.permissions.map(permission => {
            const granted = held.has(permission.scope) || !verification.missing.includes(permissionLabel(permission))
            return (
              <div key={permission.scope} className="row">
                <span style={{ color: granted ? 'var(--ok)' : 'var(--text-2)' }}>
                  <Icon name={granted ? 'check' : 'dash'} />
                </span>
                <span>
                  {permissionLabel(permission)}
                  <span className="muted">{granted ? ', granted' : ', missing'}</span>
                </span>
              </div>
            )
          })}
          {type?.rungs
            .flatMap(rung => rung.permissions)
            .map(permission => (
              <div key={permission.scope} className="row">
                <span style={{ color: held.has(permission.scope) ? 'var(--ok)' : 'var(--text-2)' }}>
                  <Icon name={held.has(permission.scope) ? 'check' : 'dash'} />
                </span>
                <span>
                  {permissionLabel(permission)}
                  <span className="muted">, {held.has(permission.scope) ? 'granted' : 'not granted; optional'}</span>
                </span>
              </div>
            ))}
        </dd>
      </dl>
    </div>
  )
}
