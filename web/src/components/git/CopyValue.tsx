import { CopyButton } from '~/ui/CopyButton'

/** A value to enter elsewhere, with a copy button. */
export function CopyValue({ label, value }: { label: string; value: string }) {
  return (
    <div className="row">
      <code
        className="mono wrap-any"
        style={{ padding: '2px 6px', borderRadius: 4, background: 'var(--idle-bg)', color: 'var(--text)' }}
      >
        {value}
      </code>
      <CopyButton value={value} label={label} />
    </div>
  )
}
