import { useQuery } from '@tanstack/react-query'
import { can } from '~/api/can'
import type { Schemas } from '~/api/client'
import { linksQuery, providersQuery } from '~/api/gitops-queries'
import { databasesQuery, environmentsQuery, instancesQuery, sessionQuery } from '~/api/queries'
import { Icon } from '~/ui/Icon'
import { pb } from '~/util/path-builder'
import classes from './FirstSteps.module.css'
import { Link } from './Link'

interface Step {
  label: string
  help: string
  done: boolean
  to: string
  /** Who can do it, if the reader cannot. */
  who?: string | undefined
}

/** The way to the first rollout: finished steps are ticked, and each step is a link. */
export function FirstSteps({ project }: { project: Schemas['Project'] | undefined }) {
  const session = useQuery(sessionQuery)
  const environments = useQuery(environmentsQuery)
  const instances = useQuery(instancesQuery)
  const providers = useQuery(providersQuery)
  const databases = useQuery({ ...databasesQuery({ project: project?.id ?? '' }), enabled: project !== undefined })
  const links = useQuery({ ...linksQuery(project?.id ?? ''), enabled: project !== undefined })
  const manages = can(session.data, 'instances.manage')
  const owner = can(session.data, 'git-providers.manage')
  const some = (list: unknown[] | undefined) => (list?.length ?? 0) > 0
  const steps: Step[] = [
    {
      label: 'Add environments',
      help: 'The stages that changes pass through, such as test and prod.',
      done: some(environments.data),
      to: pb.environments(),
      who: manages ? undefined : 'an owner or DBA',
    },
    {
      label: 'Add an instance',
      help: 'A database server. Its databases are found automatically.',
      done: some(instances.data),
      to: pb.instanceNew(),
      who: manages ? undefined : 'an owner or DBA',
    },
    {
      label: 'Create a project',
      help: 'It groups databases, people and repositories.',
      done: project !== undefined,
      to: pb.projects(),
      who: can(session.data, 'projects.create') ? undefined : 'an owner or DBA',
    },
    {
      label: 'Assign databases to the project',
      help: 'A project can only change its own databases.',
      done: some(databases.data),
      to: project ? pb.projectDatabases(project.id) : pb.databases(),
      who: manages ? undefined : 'an owner or DBA',
    },
    {
      label: 'Add a Git provider',
      help: 'Once for the whole workspace.',
      done: some(providers.data),
      to: pb.gitProviderNew(),
      who: owner ? undefined : 'a workspace owner',
    },
    {
      label: 'Link a repository',
      help: 'You see what would happen to each file before you save.',
      done: some(links.data),
      to: project ? pb.linkNew(project.id) : pb.projects(),
      who: project && !can(project, 'project.links') ? 'a project owner' : undefined,
    },
    {
      label: 'Push a migration',
      help: 'A rollout starts automatically.',
      done: false,
      to: project ? pb.links(project.id) : pb.projects(),
    },
  ]
  const next = steps.findIndex(step => !step.done)
  return (
    <ol className={classes.steps} aria-label="First steps">
      {steps.map((step, index) => (
        <li key={step.label} data-done={step.done} data-next={index === next}>
          <span className={classes.tick}>{step.done ? <Icon name="check" size={14} /> : index + 1}</span>
          <div className="grow">
            {step.done || step.who ? <span>{step.label}</span> : <Link to={step.to}>{step.label}</Link>}
            {step.done && <span className="visually-hidden"> (done)</span>}
            <div className="muted small">
              {step.help} {step.who && !step.done && `Ask ${step.who}.`}
            </div>
          </div>
        </li>
      ))}
    </ol>
  )
}
