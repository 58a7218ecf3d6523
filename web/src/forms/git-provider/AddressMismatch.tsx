import type { Schemas } from '~/api/client'
import { CopyValue } from '~/components/git/CopyValue'
import { Notice } from '~/ui/Notice'
import { addressProblem } from './instructions'

/** Shows that the sign-in cannot come back to this page, and both ways to correct that. */
export function AddressMismatch({ type }: { type: Schemas['ProviderType'] }) {
  const external = addressProblem(type, window.location.origin)
  if (!external) return null
  return (
    <Notice kind="error" title="This page’s address differs from the server’s external URL">
      <p>
        You opened Towpath at <strong>{window.location.origin}</strong>, but the server’s external URL is{' '}
        <strong>{external}</strong>. {type.name} would send you back there, where you are not signed in.
      </p>
      <p>
        <a href={`${external}${window.location.pathname}${window.location.search}`}>Continue at {external}</a>, or
        restart the server with the address that people use:
      </p>
      <CopyValue label="the setting" value={`--external-url ${window.location.origin}`} />
    </Notice>
  )
}
