import { Icon } from '~/ui/Icon'
import { shortHash } from '~/util/str'

/** A commit's hash; a link to the provider's page if that is known. */
export function Commit({ hash, url }: { hash: string; url?: string | undefined }) {
  if (!hash) return <span className="muted">none</span>
  const text = (
    <span className="mono" title={hash}>
      {shortHash(hash)}
    </span>
  )
  if (!url) return text
  return (
    <a href={url} target="_blank" rel="noreferrer" style={{ whiteSpace: 'nowrap' }}>
      {text} <Icon name="external" size={12} />
      <span className="visually-hidden">(opens in a new tab)</span>
    </a>
  )
}
