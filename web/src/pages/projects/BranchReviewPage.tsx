import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { branchReviewQuery, stopsMerge } from '~/api/branch-reviews'
import type { Schemas } from '~/api/client'
import { type FileFindings, marksOf } from '~/api/findings'
import { linkQuery } from '~/api/gitops-queries'
import { projectQuery } from '~/api/queries'
import { Commit } from '~/components/Commit'
import { Loaded } from '~/components/Loaded'
import { Page } from '~/components/Page'
import { BranchStanding, MergeOrder } from '~/components/review/BranchStanding'
import { FileMatrix } from '~/components/review/FileMatrix'
import { PullRequestLink } from '~/components/review/PullRequestLink'
import { Rehearsals } from '~/components/review/Rehearsals'
import { RenumberBranch } from '~/components/review/RenumberBranch'
import { ReviewFindings } from '~/components/review/ReviewFindings'
import { SqlBlock } from '~/components/SqlBlock'
import { TimeAgo } from '~/components/TimeAgo'
import { useParam } from '~/hooks/use-params'
import { Notice } from '~/ui/Notice'
import { pb } from '~/util/path-builder'
import { count } from '~/util/str'

type Detail = Schemas['BranchReviewDetail']

/** The review of a branch: merge order, findings at their lines, and what the provider was told. */
export default function BranchReviewPage() {
  const project = useParam('project')
  const link = useParam('link')
  const review = useQuery(branchReviewQuery(link, useParam('review')))
  const owner = useQuery(projectQuery(project)).data
  return (
    <Loaded query={review}>
      {data => (
        <Page
          title={data.branch}
          crumbs={[
            { label: owner?.name ?? 'Project', to: pb.project(project) },
            { label: 'Reviews', to: pb.branchReviews(project) },
          ]}
          beside={<BranchStanding review={data} />}
        >
          {data.reason && (
            <Notice kind={data.state === 'ended' ? 'info' : 'warning'} title={titleOf(data)}>
              {data.reason.text}
            </Notice>
          )}
          <Facts review={data} />
          <Order review={data} project={owner} />
          <FileMatrix files={data.review.files} />
          <Changes review={data} />
          <Rehearsals project={project} review={data} />
          <ReviewFindings review={data.review} sqlOf={file => textOf(data, file)} />
        </Page>
      )}
    </Loaded>
  )
}

function titleOf({ state }: Detail): string {
  if (state === 'ended') return 'This review has ended'
  return state === 'failed' ? 'This branch is not reviewed' : 'The newest commit is still to be reviewed'
}

function Facts({ review }: { review: Detail }) {
  const link = useQuery(linkQuery(review.linkId)).data
  const url = (hash: string) => (link && hash ? `${link.repositoryUrl}/commits/${hash}` : undefined)
  const { sent } = review
  return (
    <div className="panel">
      <dl className="facts">
        <Fact name="Head">
          {review.head ? <Commit hash={review.head} url={url(review.head)} /> : 'The branch is gone'}
          {review.head && review.head !== review.reviewedHead && ' (reviewing it now)'}
        </Fact>
        <Fact name="Compared with">
          {link && <span className="mono">{link.branch}</span>} {review.base && <Commit hash={review.base} />}
        </Fact>
        <Fact name="Reviewed">
          <TimeAgo at={review.reviewedAt} none="not yet" />
        </Fact>
        {review.pullRequest && (
          <Fact name="Pull request">
            <PullRequestLink pullRequest={review.pullRequest} />
            {review.pullRequest.commentedAt && (
              <>
                {' '}
                (commented <TimeAgo at={review.pullRequest.commentedAt} />
                {review.pullRequest.openTasks > 0 && `, with ${count(review.pullRequest.openTasks, 'task')}`})
              </>
            )}
          </Fact>
        )}
        <Fact name="Sent to the provider">
          {sent ? (
            <>
              {sent.text} (on <Commit hash={sent.commit} url={url(sent.commit)} />, <TimeAgo at={sent.at} />
              {sent.report && `, with a report and ${count(sent.annotations, 'annotation')}`})
            </>
          ) : (
            'nothing yet'
          )}
        </Fact>
      </dl>
    </div>
  )
}

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  )
}

/** What to know before the branch is merged. */
function Order({ review, project }: { review: Detail; project: Schemas['Project'] | undefined }) {
  if (!review.verdict) return null
  return (
    <section className="stack tight" aria-labelledby="order">
      <div className="row wrap">
        <h2 id="order">Merge order</h2>
        <MergeOrder review={review} />
        <RenumberBranch review={review} project={project} />
      </div>
      {review.verdict === 'clear' && <p className="muted">Nothing speaks against merging this branch now.</p>}
      {review.mergeOrder.length > 0 && (
        <ul className="stack tight" data-stops={stopsMerge(review.verdict)}>
          {review.mergeOrder.map(reason => (
            <li key={reason.text}>{reason.text}</li>
          ))}
        </ul>
      )}
    </section>
  )
}

/** Files without a text to review: removed, or not fit to run. */
function Changes({ review }: { review: Detail }) {
  const without = review.changes.filter(change => change.removed || change.reason)
  if (without.length === 0) return null
  return (
    <section className="stack tight" aria-labelledby="changes">
      <h2 id="changes">Files without a review</h2>
      <ul className="stack tight">
        {without.map(change => (
          <li key={change.path}>
            <span className="mono wrap-any">{change.path}</span> {change.removed ? 'is removed.' : change.reason?.text}
          </li>
        ))}
      </ul>
    </section>
  )
}

function textOf(review: Detail, file: FileFindings) {
  const change = review.changes.find(one => one.path === file.path)
  return change?.sql && <MarkedText sql={change.sql} file={file} />
}

/** The text of a file with marks at the lines of findings. */
function MarkedText({ sql, file }: { sql: Schemas['Text']; file: FileFindings }) {
  const marks = useMemo(() => marksOf(file), [file])
  return <SqlBlock label={file.path} sql={sql} marks={marks} />
}
