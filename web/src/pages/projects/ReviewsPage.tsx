import { useQuery } from '@tanstack/react-query'
import { branchReviewsQuery } from '~/api/branch-reviews'
import { can } from '~/api/can'
import type { Schemas } from '~/api/client'
import { linksQuery } from '~/api/gitops-queries'
import { projectQuery } from '~/api/queries'
import { Link } from '~/components/Link'
import { LinkButton } from '~/components/LinkButton'
import { Loaded } from '~/components/Loaded'
import { BranchTable } from '~/components/review/BranchTable'
import { useParam } from '~/hooks/use-params'
import { EmptyState } from '~/ui/EmptyState'
import { pb } from '~/util/path-builder'
import { count } from '~/util/str'

/** The branches that would change a project's databases once they are merged. */
export default function ReviewsPage() {
  const project = useParam('project')
  const links = useQuery(linksQuery(project))
  const may = can(useQuery(projectQuery(project)).data, 'project.links')
  return (
    <Loaded query={links} rows={2}>
      {list =>
        list.length === 0 ? (
          <EmptyState icon="link" action={may && <LinkButton to={pb.links(project)}>Link a repository</LinkButton>}>
            Branches are reviewed once a repository is linked.{' '}
            {may ? 'Link one to see what a branch does before it is merged.' : 'A project owner can link one.'}
          </EmptyState>
        ) : (
          <div className="stack">
            {list.map(link => (
              <LinkReviews key={link.id} link={link} project={project} />
            ))}
          </div>
        )
      }
    </Loaded>
  )
}

/** The reviews of one link. */
function LinkReviews({ link, project }: { link: Schemas['RepositoryLink']; project: string }) {
  const reviews = useQuery(branchReviewsQuery(link.id))
  return (
    <section className="stack tight" aria-labelledby={`reviews-${link.id}`}>
      <h2 id={`reviews-${link.id}`}>
        <Link to={pb.link(project, link.id)}>{link.repositoryName}</Link>
        {link.baseDirectory && <span className="mono"> {link.baseDirectory}/</span>}
      </h2>
      <Loaded query={reviews} rows={2}>
        {data => (
          <>
            <BranchTable
              project={project}
              rows={data.items}
              empty={
                <EmptyState icon="branch">
                  No branch changes a migration. Push one that does, and its findings show here and on its commit before
                  it is merged into <span className="mono">{link.branch}</span>.
                </EmptyState>
              }
            />
            {data.idle > 0 && data.items.length > 0 && (
              <p className="muted small">{count(data.idle, 'other branch', 'other branches')} without migrations.</p>
            )}
            {data.full && (
              <p className="muted small">
                The repository has more branches than Towpath follows. Delete merged branches to have all of them
                reviewed.
              </p>
            )}
          </>
        )}
      </Loaded>
    </section>
  )
}
