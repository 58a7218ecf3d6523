import { useQuery } from '@tanstack/react-query'
import { can } from '~/api/can'
import type { Schemas } from '~/api/client'
import { projectLimitsQuery, projectQuery, sessionQuery } from '~/api/queries'
import { rehearsalSettingQuery } from '~/api/rehearsals'
import { AppliedLimit } from '~/components/AppliedLimit'
import { Link } from '~/components/Link'
import { Loaded } from '~/components/Loaded'
import { ProjectForm } from '~/forms/limit/ProjectForm'
import { RehearsalForm } from '~/forms/RehearsalForm'
import { useParam } from '~/hooks/use-params'
import { type Column, QueryTable } from '~/table/QueryTable'
import { EmptyState } from '~/ui/EmptyState'
import { pb } from '~/util/path-builder'

const columns: Column<Schemas['ProjectLimits']>[] = [
  { title: 'Environment', cell: row => <Link to={pb.environment(row.environmentId)}>{row.environment}</Link> },
  { title: 'Wait for locks at most', cell: row => <AppliedLimit limit={row.applied.lockTimeout} /> },
  { title: 'Stop a statement after', cell: row => <AppliedLimit limit={row.applied.statementTimeout} /> },
]

/** A project's name and limits, its rehearsals, and the limits that apply in each environment. */
export default function ProjectSettingsPage() {
  const id = useParam('project')
  const project = useQuery(projectQuery(id))
  const limits = useQuery(projectLimitsQuery(id))
  const session = useQuery(sessionQuery).data
  const rehearsals = useQuery(rehearsalSettingQuery(id))
  return (
    <div className="stack loose">
      {project.data && can(project.data, 'project.manage') ? (
        <section className="panel narrow" aria-label="Settings">
          <ProjectForm key={id} project={project.data} />
        </section>
      ) : (
        <p className="muted">Owners of the project set its name and limits.</p>
      )}
      {can(session, 'environments.manage') ? (
        <Loaded query={rehearsals} rows={2}>
          {setting => (
            <section className="panel narrow" aria-label="Rehearsals">
              <RehearsalForm key={`${id} ${setting.instanceId}`} project={id} setting={setting} />
            </section>
          )}
        </Loaded>
      ) : (
        <p className="muted">People who manage environments decide whether branches are rehearsed.</p>
      )}
      <section className="stack tight">
        <h2>Which limits apply</h2>
        <p className="muted">
          To changes whose files ask for nothing of their own, from a task's next attempt on. No environment lets
          anybody have more than its maximum.
        </p>
        <Loaded query={limits} rows={3}>
          {rows => (
            <QueryTable
              label="Which limits apply"
              columns={columns}
              rows={rows}
              id={row => row.environmentId}
              empty={<EmptyState icon="layers">There are no environments yet.</EmptyState>}
            />
          )}
        </Loaded>
      </section>
    </div>
  )
}
