import { useQuery } from '@tanstack/react-query'
import { renumberingQuery } from '~/api/branch-reviews'
import { can } from '~/api/can'
import { http, type Schemas, unwrap } from '~/api/client'
import { useWrite } from '~/hooks/use-write'
import { count } from '~/util/str'
import { ConfirmButton } from '../ConfirmButton'
import { Loaded } from '../Loaded'

interface RenumberBranchProps {
  review: Schemas['BranchReviewDetail']
  project: Schemas['Project'] | undefined
}

const orderable: readonly string[] = ['conflict', 'same-version', 'late', 'late-once']

/** Commits to the branch that its new files come behind all others; shown where that helps. */
export function RenumberBranch({ review, project }: RenumberBranchProps) {
  const path = { link: review.linkId, review: review.id }
  const renumber = useWrite({
    run: () => unwrap(http.POST('/api/v1/repository-links/{link}/reviews/{review}/renumber', { params: { path } })),
    done: ({ files }: Schemas['Renumbering']) =>
      files.length === 0
        ? 'Nothing to renumber: the new files come last already.'
        : `Renumbered ${count(files.length, 'file')} on ${review.branch}.`,
  })
  const helps = review.state !== 'ended' && review.verdict && orderable.includes(review.verdict)
  if (!helps || !project || !can(project, 'project.sync')) return null
  return (
    <ConfirmButton
      title="Renumber the new files of this branch?"
      verb="Renumber"
      size="xs"
      loading={renumber.isPending}
      onConfirm={() => renumber.mutate()}
    >
      <Renames review={review} />
    </ConfirmButton>
  )
}

/** What the commit would rename. */
function Renames({ review }: { review: Schemas['BranchReviewDetail'] }) {
  return (
    <Loaded query={useQuery(renumberingQuery(review.linkId, review.id))}>
      {({ files }) =>
        files.length === 0 ? (
          <p>The files that this branch adds come last already.</p>
        ) : (
          <div className="stack tight">
            <p>
              One commit on <span className="mono wrap-any">{review.branch}</span> renames {count(files.length, 'file')}
              . Pull the branch afterwards.
            </p>
            <ul className="stack tight">
              {files.map(file => (
                <li key={file.from} className="mono wrap-any">
                  {file.from} → {file.to}
                </li>
              ))}
            </ul>
          </div>
        )
      }
    </Loaded>
  )
}
