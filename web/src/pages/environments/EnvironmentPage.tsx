import { useQuery } from '@tanstack/react-query'
import { can } from '~/api/can'
import type { Schemas } from '~/api/client'
import { environmentsQuery, sessionQuery } from '~/api/queries'
import { AppliedLimit } from '~/components/AppliedLimit'
import { Loaded } from '~/components/Loaded'
import { Page } from '~/components/Page'
import { AllowRolesForm } from '~/forms/AllowRolesForm'
import { ApprovalHookForm } from '~/forms/ApprovalHookForm'
import { GateForm } from '~/forms/GateForm'
import { EnvironmentLimitsForm } from '~/forms/limit/EnvironmentLimitsForm'
import { StartModeForm } from '~/forms/StartModeForm'
import { VariablesForm } from '~/forms/VariablesForm'
import { useParam } from '~/hooks/use-params'
import { EmptyState } from '~/ui/EmptyState'
import { limitText } from '~/util/limit'
import { pb } from '~/util/path-builder'
import { count } from '~/util/str'
import { placeholderOf, variablesText } from '~/util/variables'

/** One environment: its limits, and whether files may change roles in it. */
export default function EnvironmentPage() {
  const id = useParam('environment')
  const environments = useQuery(environmentsQuery)
  return (
    <Loaded query={environments} rows={3}>
      {list => {
        const environment = list.find(one => one.id === id)
        return environment ? (
          <Details environment={environment} />
        ) : (
          <Page title="Not found" crumbs={crumbs}>
            <EmptyState icon="layers">There is no such environment. It may have been removed.</EmptyState>
          </Page>
        )
      }}
    </Loaded>
  )
}

const crumbs = [{ label: 'Environments', to: pb.environments() }]

function Details({ environment }: { environment: Schemas['Environment'] }) {
  const manages = can(useQuery(sessionQuery).data, 'environments.manage')
  const { allowRoles, applied, consent, start, windows, variables } = environment
  const { maxLockTimeout, maxStatementTimeout } = environment
  return (
    <Page
      title={environment.name}
      crumbs={crumbs}
      lead="Limits hold from a task's next attempt on. What a file asks for wins over its project, the project over the environment, and the environment over the server."
    >
      <section className="stack tight">
        <h2>What applies</h2>
        <p className="muted">To changes when neither their file nor their project says otherwise.</p>
        <dl className="facts" aria-label="What applies">
          <dt>Changes start</dt>
          <dd>{start === 'manual' ? 'When a person starts them' : 'When the environments before it are done'}</dd>
          <dt>Consent</dt>
          <dd>
            {consent.people === 0 ? 'Nobody is asked' : `${count(consent.people, 'other person', 'other people')}`}
          </dd>
          <dt>Windows and freezes</dt>
          <dd>{windows.length === 0 ? 'None: changes start at any time' : windows.length}</dd>
          <dt>Wait for locks at most</dt>
          <dd>
            <AppliedLimit limit={applied.lockTimeout} />
          </dd>
          <dt>Stop a statement after</dt>
          <dd>
            <AppliedLimit limit={applied.statementTimeout} />
          </dd>
          <dt>Files and projects may ask for at most</dt>
          <dd>
            {maxLockTimeout ? `${limitText(maxLockTimeout)} of waiting for locks` : '24 h of waiting for locks'},{' '}
            {maxStatementTimeout ? `${limitText(maxStatementTimeout)} for one statement` : '7 days for one statement'}
          </dd>
          <dt>Variables for files</dt>
          <dd>
            {Object.keys(variables).length === 0 ? 'None' : <span className="mono">{variablesText(variables)}</span>}
          </dd>
          <dt>Roles and users of the servers</dt>
          <dd>{allowRoles ? 'Files may change them' : 'Files must not change them'}</dd>
        </dl>
      </section>
      {manages ? (
        <>
          <section className="panel narrow" aria-label="Start">
            <h2>Start</h2>
            <StartModeForm key={environment.id} environment={environment} />
          </section>
          <section className="panel narrow" aria-label="Gate">
            <h2>Gate</h2>
            <GateForm key={environment.id} environment={environment} />
          </section>
          <section className="panel narrow" aria-label="Approvals from outside">
            <h2>Approvals from outside</h2>
            <p className="muted">
              When the gate asks for consent, another program can be asked too. It answers with the API token of a
              member who may approve.
            </p>
            <ApprovalHookForm key={environment.id} environment={environment} />
          </section>
          <section className="panel narrow" aria-label="Limits">
            <h2>Limits</h2>
            <EnvironmentLimitsForm key={environment.id} environment={environment} />
          </section>
          <section className="panel narrow" aria-label="Variables">
            <h2>Variables</h2>
            <p className="muted">
              They replace placeholders such as <span className="mono">{placeholderOf('schema')}</span> in the files of
              links that use placeholders. Everybody can read them, so do not store secrets here.
            </p>
            <VariablesForm key={environment.id} environment={environment} />
          </section>
          <section className="panel narrow" aria-label="Roles">
            <h2>Roles</h2>
            <AllowRolesForm key={environment.id} environment={environment} />
          </section>
        </>
      ) : (
        <p className="muted">Owners and DBAs of the workspace set them.</p>
      )}
    </Page>
  )
}
