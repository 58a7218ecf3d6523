import { CopyButton } from '~/ui/CopyButton'
import { rightsFor } from './rights'

/** The SQL that creates a user with the rights that Towpath needs, ready to copy. */
export function RequiredRights({ sql, user }: { sql: string; user: string }) {
  const text = rightsFor(sql, user)
  return (
    <details>
      <summary>Required database rights</summary>
      <div className="stack tight" style={{ marginTop: 8 }}>
        <p className="muted small">
          Run this as an administrator, with your own database name and password. Use one user for each database.
        </p>
        <div className="panel row" style={{ alignItems: 'flex-start', padding: '8px 12px' }}>
          <pre className="mono grow" style={{ margin: 0, whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
            {text}
          </pre>
          <CopyButton value={text} label="the SQL" />
        </div>
      </div>
    </details>
  )
}
