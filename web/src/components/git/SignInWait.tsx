import { Button } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import type { Schemas } from '~/api/client'
import { addressOf, openAgain } from '~/stores/sign-in-window'
import { Icon } from '~/ui/Icon'
import { Notice } from '~/ui/Notice'
import type { Advice } from '~/util/advice'
import { CopyValue } from './CopyValue'

interface SignInWaitProps {
  verification: Schemas['Verification']
  type: Schemas['ProviderType'] | undefined
  advice: Advice
  /** A way back, to start again with other values. */
  back: ReactNode
}

/** Shown while a person signs in at the provider, in another window. */
export function SignInWait({ verification, type, advice, back }: SignInWaitProps) {
  const [refused, setRefused] = useState(false)
  const name = type?.name ?? verification.displayName
  const host = new URL(verification.instanceUrl).host
  return (
    <div className="stack">
      <div className="row" role="status">
        <Icon name="spinner" size={20} spin />
        <strong>Waiting for your sign-in at {host}</strong>
      </div>
      <p className="reading">
        Sign in at {name} in the other window and choose Grant access. This page continues on its own. You can also
        leave it and come back within ten minutes.
      </p>
      {advice === 'blocked' && (
        <Notice kind="warning" title="Your browser blocked the sign-in window">
          Open it with the button below. To keep this from happening again, allow pop-ups for {window.location.host} in
          the browser’s address bar.
        </Notice>
      )}
      {advice === 'gone' && (
        <Notice kind="warning" title="The sign-in window looks closed">
          If you closed it, open it again. If it is still open, continue there: nothing is lost. If it said “Invalid
          redirect_uri”, the
          {` ${type?.callbackLabel ?? 'callback URL'}`} of the {type?.appLabel ?? 'consumer'} is not the one below.
          <CallbackHint type={type} />
        </Notice>
      )}
      {advice === 'slow' && (
        <Notice kind="warning" title={`${name} has not answered for a minute`}>
          <p>
            Usually the {type?.callbackLabel ?? 'callback URL'} of the {type?.appLabel ?? 'consumer'} is wrong: {name}{' '}
            then shows an error on its own page and never sends you back. It must be exactly this:
          </p>
          <CallbackHint type={type} />
          <p>
            Other causes: the window was closed, or {name} is down. Open the window again, or go back and check the
            values.
          </p>
        </Notice>
      )}
      {advice === 'elsewhere' && (
        <Notice kind="info" title="The sign-in window belongs to another tab">
          Finish there and this page continues. If you closed that window, start again.
        </Notice>
      )}
      {refused && (
        <Notice kind="error" title="Your browser blocked the window again">
          Allow pop-ups for {window.location.host} in the browser’s address bar and try once more.
        </Notice>
      )}
      <div className="row wrap">
        {addressOf(verification.id) && (
          <Button
            variant={advice === 'blocked' ? 'filled' : 'default'}
            leftSection={<Icon name="external" />}
            onClick={() => setRefused(!openAgain(verification.id))}
          >
            Open the sign-in window{advice === 'blocked' ? '' : ' again'}
          </Button>
        )}
        {back}
      </div>
    </div>
  )
}

function CallbackHint({ type }: { type: Schemas['ProviderType'] | undefined }) {
  return type ? <CopyValue label={type.callbackLabel} value={type.callbackUrl} /> : null
}
