import { useQuery } from '@tanstack/react-query'
import { linksQuery } from '~/api/gitops-queries'
import { projectQuery } from '~/api/queries'
import { FirstSteps } from '~/components/FirstSteps'
import { LinkTable } from '~/components/git/LinkTable'
import { WhyNothing } from '~/components/git/WhyNothing'
import { Loaded } from '~/components/Loaded'
import { RolloutList } from '~/components/rollout/RolloutList'
import { useParam } from '~/hooks/use-params'

/** The current work of a project, and why nothing happens when nothing does. */
export default function OverviewPage() {
  const id = useParam('project')
  const project = useQuery(projectQuery(id))
  const links = useQuery(linksQuery(id))
  return (
    <Loaded query={links}>
      {list =>
        list.length === 0 ? (
          <section className="stack tight">
            <h2>First steps</h2>
            <FirstSteps project={project.data} />
          </section>
        ) : (
          <div className="stack loose">
            <section className="stack tight">
              <h2>Repositories</h2>
              <LinkTable links={list} empty={null} />
            </section>
            {list.map(link => (
              <WhyNothing
                key={link.id}
                link={link.id}
                name={link.repositoryName}
                project={id}
                several={list.length > 1}
              />
            ))}
            <section className="stack tight">
              <h2>Rollouts</h2>
              <RolloutList filter={{ project: id }} />
            </section>
          </div>
        )
      }
    </Loaded>
  )
}
