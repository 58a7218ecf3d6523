import type { Schemas } from '~/api/client'

type PullRequest = NonNullable<Schemas['BranchReview']['pullRequest']>

const ends: Record<PullRequest['state'], string> = {
  open: '',
  merged: ' (merged)',
  declined: ' (declined)',
  moved: ' (goes into another branch now)',
}

/** A pull request's number and title, as a link to its page at the provider. */
export function PullRequestLink({ pullRequest }: { pullRequest: PullRequest }) {
  return (
    <span className="wrap-any">
      <a href={pullRequest.url} target="_blank" rel="noreferrer">
        #{pullRequest.number} {pullRequest.title}
      </a>
      <span className="muted">{ends[pullRequest.state]}</span>
    </span>
  )
}
