import type { ReactNode } from 'react'
import type { Schemas } from '~/api/client'
import { type Column, QueryTable } from '~/table/QueryTable'
import { pb } from '~/util/path-builder'
import { count } from '~/util/str'
import { Commit } from '../Commit'
import { Link } from '../Link'
import { TimeAgo } from '../TimeAgo'
import { BranchStanding, MergeOrder } from './BranchStanding'
import { PullRequestLink } from './PullRequestLink'
import { ReviewCounts } from './ReviewCounts'

interface BranchTableProps {
  project: string
  rows: Schemas['BranchReview'][]
  empty: ReactNode
}

/** Branches with their reviews: what each changes, what was found, and when to merge it. */
export function BranchTable({ project, rows, empty }: BranchTableProps) {
  const to = (review: Schemas['BranchReview']) => pb.branchReview(project, review.linkId, review.id)
  const columns: Column<Schemas['BranchReview']>[] = [
    {
      title: 'Branch',
      cell: review => (
        <span className="stack tight">
          <Link to={to(review)} className="mono wrap-any">
            {review.branch}
          </Link>
          {review.pullRequest && <PullRequestLink pullRequest={review.pullRequest} />}
        </span>
      ),
    },
    { title: 'Review', fit: true, bare: true, cell: review => <BranchStanding review={review} /> },
    { title: 'Merge order', fit: true, bare: true, cell: review => <MergeOrder review={review} /> },
    {
      title: 'Found',
      wide: true,
      cell: review => (
        <ReviewCounts
          review={{
            state: review.state === 'ended' ? 'done' : review.state,
            errors: review.errors,
            warnings: review.warnings,
          }}
          none="nothing"
        />
      ),
    },
    { title: 'Files', fit: true, wide: true, cell: review => count(review.files, 'file') },
    { title: 'Head', fit: true, wide: true, cell: review => <Commit hash={review.head || review.reviewedHead} /> },
    { title: 'Updated', fit: true, wide: true, cell: review => <TimeAgo at={review.endedAt ?? review.wantedAt} /> },
  ]
  return <QueryTable label="Reviews" columns={columns} rows={rows} id={review => review.id} to={to} empty={empty} />
}
