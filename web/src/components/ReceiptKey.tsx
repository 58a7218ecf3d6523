import { useQuery } from '@tanstack/react-query'
import { can } from '~/api/can'
import { http, unwrap } from '~/api/client'
import { receiptKeysQuery, sessionQuery } from '~/api/queries'
import { useWrite } from '~/hooks/use-write'
import { ConfirmButton } from './ConfirmButton'
import { CopyValue } from './git/CopyValue'
import { TimeAgo } from './TimeAgo'

/** The fingerprint of the key that signs receipts, as a fact, and for owners a way to make a new key. */
export function ReceiptKey() {
  const keys = useQuery(receiptKeysQuery)
  const owner = can(useQuery(sessionQuery).data, 'members.manage')
  const make = useWrite({
    run: () => unwrap(http.POST('/api/v1/receipt-keys')),
    done: () => 'New receipts are signed by the new key.',
  })
  const current = keys.data?.find(key => key.current)
  if (!current) return null
  const earlier = keys.data?.filter(key => !key.current) ?? []
  return (
    <>
      <dt>Receipt key</dt>
      <dd className="stack" style={{ gap: 8 }}>
        <CopyValue label="fingerprint of the receipt key" value={current.fingerprint} />
        <span className="muted small">
          SHA-256 of the key that signs receipts of rollouts, made <TimeAgo at={current.createdAt} />. Compare it with{' '}
          <code className="mono">towpath verify</code>.
        </span>
        {earlier.length > 0 && (
          <details>
            <summary>Earlier keys</summary>
            {earlier.map(key => (
              <div key={key.fingerprint} className="mono small wrap-any">
                {key.fingerprint}
              </div>
            ))}
          </details>
        )}
        {owner && (
          <div>
            <ConfirmButton
              size="xs"
              verb="Make a new key"
              title="Make a new receipt key?"
              loading={make.isPending}
              onConfirm={() => make.mutate()}
            >
              New receipts are signed by the new key. Receipts of earlier keys stay valid. Give the new fingerprint to
              those who verify receipts.
            </ConfirmButton>
          </div>
        )}
      </dd>
    </>
  )
}
