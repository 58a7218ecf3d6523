import type { Schemas } from '~/api/client'
import { CopyButton } from '~/ui/CopyButton'
import { Notice } from '~/ui/Notice'

interface CheckReportProps {
  report: Pick<Schemas['Report'], 'ok' | 'version' | 'findings'>
  /** What is said when nothing is in the way. */
  works?: string
}

/** The findings of a check, with the fix for each. */
export function CheckReport({ report, works = 'The connection works' }: CheckReportProps) {
  return (
    <div className="stack tight">
      {report.ok && (
        <Notice kind="ok" title={works}>
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
