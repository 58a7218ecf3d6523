import { type ReactNode, useState } from 'react'
import { type FileFindings, type Finding, type Somewhere, saysSomething, worst } from '~/api/findings'
import { Icon } from '~/ui/Icon'
import { pb } from '~/util/path-builder'
import { count } from '~/util/str'
import { Link } from '../Link'
import classes from './Findings.module.css'
import { LevelBadge } from './LevelBadge'
import { Snippet } from './Snippet'

interface FilePanelProps {
  file: FileFindings
  open: boolean
  sqlOf: ((file: FileFindings) => ReactNode) | undefined
}

/** One file: its SQL where it is known, and beside it what was found. */
export function FilePanel({ file, open, sqlOf }: FilePanelProps) {
  const [shown, setShown] = useState(open)
  const sql = shown && sqlOf?.(file)
  const said = saysSomething(file)
  const of = (level: string) => file.findings.filter(finding => worst(finding) === level).length
  return (
    <details className={classes.file} open={shown} onToggle={event => setShown(event.currentTarget.open)}>
      <summary>
        <span className="mono wrap-any">{file.path}</span>
        {of('error') > 0 && <LevelBadge level="error" words={count(of('error'), 'error')} />}
        {of('warning') > 0 && <LevelBadge level="warning" words={count(of('warning'), 'warning')} />}
        <span className="muted small">
          {file.statements > 0 && count(file.statements, 'statement')}
          {file.against.length > 0 && ` against ${file.against.join(', ')}`}
          {file.against.length > 0 && !said && ', no findings'}
        </span>
      </summary>
      {shown && (
        <div className={classes.body} data-beside={Boolean(sql) && said}>
          {sql && <div>{sql}</div>}
          {said && <FindingList file={file} />}
        </div>
      )}
    </details>
  )
}

/** What was found in a file: what matters first, and notes folded. */
export function FindingList({ file }: { file: FileFindings }) {
  const grave = file.findings.filter(finding => worst(finding) !== 'info')
  const notes = file.findings.filter(finding => worst(finding) === 'info')
  return (
    <div className={classes.said}>
      {file.reasons.map(reason => (
        <p key={reason.text + reason.where.join()} className={classes.line}>
          <Mark icon="question" words={reason.reviewed ? 'Reviewed in part' : 'Not reviewed'} />
          <Where {...reason} /> {reason.text}
        </p>
      ))}
      <Findings list={grave} label="Findings" />
      {file.notAnalysed.map(gap => (
        <p key={`${gap.line} ${gap.why}`} className={classes.line}>
          <Mark icon="question" words="Not analyzed" />
          <Place line={gap.line} />
          <Where {...gap} /> {gap.why}
        </p>
      ))}
      {file.allowed.map(allow => (
        <p key={`${allow.line} ${allow.rule}`} className={classes.line}>
          <Mark icon="hand" words="Allowed" />
          <RuleLink rule={allow.rule} />
          <Place line={allow.line} />
          <Where {...allow} /> {allow.because ? `because ${allow.because}` : 'without a reason'}
        </p>
      ))}
      {notes.length > 0 && (
        <details className={classes.notes}>
          <summary>{count(notes.length, 'note')}</summary>
          <Findings list={notes} label="Notes" />
        </details>
      )}
      {file.more > 0 && <p className="muted small">{count(file.more, 'more finding')} not shown.</p>}
    </div>
  )
}

function Findings({ list, label }: { list: Finding[]; label: string }) {
  if (list.length === 0) return null
  return (
    <ol className={classes.findings} aria-label={label}>
      {list.map(finding => (
        <li key={`${finding.rule} ${finding.line} ${finding.column} ${finding.message}`}>
          <div className={classes.line}>
            {finding.levels.map(({ level, where }) => (
              <span key={level} className="row" style={{ gap: 4 }}>
                <LevelBadge level={level} />
                <Where where={where} />
              </span>
            ))}
            <RuleLink rule={finding.rule} title={finding.title} />
            <Place line={finding.line} column={finding.column} />
          </div>
          <p>{finding.message}</p>
          {finding.fix && <Snippet label="Safe way" text={finding.fix} tone="good" />}
        </li>
      ))}
    </ol>
  )
}

function Mark({ icon, words }: { icon: 'question' | 'hand'; words: string }) {
  return (
    <span className={classes.mark}>
      <Icon name={icon} size={14} /> {words}
    </span>
  )
}

/** A rule's id, with its entry in Settings. */
function RuleLink({ rule, title }: { rule: string; title?: string }) {
  return (
    <Link to={pb.review()} hash={rule} className={classes.rule} title={title}>
      <span className="mono">{rule}</span>
    </Link>
  )
}

function Place({ line, column }: { line: number; column?: number }) {
  return (
    <span className="muted small">
      line {line}
      {column !== undefined && column > 1 && `, column ${column}`}
    </span>
  )
}

function Where({ where }: Somewhere) {
  return where.length === 0 ? null : <span className="muted small">in {where.join(', ')}</span>
}
