import type { Schemas } from '~/api/client'
import { CopyButton } from '~/ui/CopyButton'
import { Notice } from '~/ui/Notice'

/** The findings of "Test connection", with the fix for each. */
export function CheckReport({ report }: { report: Schemas['Report'] }) {
  return (
    <div className="stack tight">
      {report.ok && (
        <Notice kind="ok" title="The connection works">
          {report.version}
        </Notice>
      )}
      {report.findings.map(finding => (
        <Notice key={finding.message} kind={finding.severity === 'error' ? 'error' : 'warning'} title={finding.message}>
          {finding.fix && (
            <span className="row">
              <code className="mono wrap-any">{finding.fix}</code>
              <CopyButton value={finding.fix} label="the fix" />
            </span>
          )}
        </Notice>
      ))}
    </div>
  )
}
