import { type ReactNode, useMemo } from 'react'
import type { Schemas } from '~/api/client'
import { byFile, type FileFindings, saysSomething } from '~/api/findings'
import { EmptyState } from '~/ui/EmptyState'
import { Notice } from '~/ui/Notice'
import { pb } from '~/util/path-builder'
import { count } from '~/util/str'
import { Link } from '../Link'
import { TimeAgo } from '../TimeAgo'
import { FilePanel } from './FilePanel'
import { ReviewCounts } from './ReviewCounts'

interface ReviewFindingsProps {
  review: Schemas['Review']
  /** The text of a file, to show beside what was found in it. */
  sqlOf?: (file: FileFindings) => ReactNode
}

/** What the SQL review says, file by file. */
export function ReviewFindings({ review, sqlOf }: ReviewFindingsProps) {
  const files = useMemo(() => byFile(review.files), [review.files]) // new objects would rebuild their editors
  const said = files.filter(saysSomething)
  return (
    <section className="stack tight" aria-labelledby="review">
      <div className="row wrap">
        <h2 id="review">SQL review</h2>
        <ReviewCounts review={review} />
        {review.reviewedAt && (
          <span className="muted small">
            reviewed <TimeAgo at={review.reviewedAt} />
          </span>
        )}
      </div>
      {review.state === 'failed' && review.reason && (
        <Notice kind="warning" title="Some files are not reviewed">
          {review.reason.text}
        </Notice>
      )}
      {said.map((file, index) => (
        <FilePanel key={`${file.path} ${file.checksum}`} file={file} open={index < 5} sqlOf={sqlOf} />
      ))}
      {said.length === 0 && review.state === 'done' && <NoFindings files={files} />}
    </section>
  )
}

function NoFindings({ files }: { files: FileFindings[] }) {
  const statements = files.reduce((sum, file) => sum + file.statements, 0)
  const against = [...new Set(files.flatMap(file => file.against))]
  return (
    <EmptyState icon="check">
      No findings in {count(statements, 'statement')} of {count(files.length, 'file')}
      {against.length > 0 && `, reviewed against ${against.join(', ')}`}. The rules and their levels are in{' '}
      <Link to={pb.review()}>Settings</Link>.
    </EmptyState>
  )
}
