import type { Schemas } from '~/api/client'
import { permissionLabel } from './instructions'

interface RungListProps {
  type: Schemas['ProviderType']
  grants: Schemas['Grant'][]
}

/** What each of the caller's accounts may do beyond what is needed, and what more would give. */
export function RungList({ type, grants }: RungListProps) {
  if (type.rungs.length === 0) return type.noRungs ? <p className="muted">{type.noRungs}</p> : null
  if (grants.length === 0) return <p className="muted">You have connected no account of yours here.</p>
  return (
    <dl className="facts panel">
      {grants.map(grant => (
        <Rung key={grant.id} type={type} grant={grant} />
      ))}
    </dl>
  )
}

function Rung({ type, grant }: { type: Schemas['ProviderType']; grant: Schemas['Grant'] }) {
  const has = type.rungs.filter(rung => rung.number <= grant.rung)
  const next = type.rungs.find(rung => rung.number > grant.rung)
  return (
    <>
      <dt>{grant.accountName}</dt>
      <dd className="stack tight">
        <span>
          Build statuses{type.reports && ' and reports on commits'}
          {has.map(rung => `; ${rung.gives}`).join('')}
        </span>
        {next && (
          <span className="muted">
            For {next.gives}: tick {next.permissions.map(permissionLabel).join(' and ')} at the {type.appLabel}, then
            connect this account again.
          </span>
        )}
      </dd>
    </>
  )
}
