import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { can } from '~/api/can'
import { http, type Schemas, unwrap } from '~/api/client'
import { databasesQuery, environmentsQuery, instanceQuery, sessionQuery } from '~/api/queries'
import { queryClient } from '~/api/query-client'
import { ConfirmButton } from '~/components/ConfirmButton'
import { DatabaseTable } from '~/components/DatabaseTable'
import { Loaded } from '~/components/Loaded'
import { Page } from '~/components/Page'
import { StateBadge } from '~/components/StateBadge'
import { TimeAgo } from '~/components/TimeAgo'
import { CheckReport } from '~/forms/instance/CheckReport'
import { InstanceForm } from '~/forms/instance/InstanceForm'
import { useEngines } from '~/hooks/use-engines'
import { useParam } from '~/hooks/use-params'
import { useWrite } from '~/hooks/use-write'
import { sayDone } from '~/stores/toast'
import { EmptyState } from '~/ui/EmptyState'
import { Notice } from '~/ui/Notice'
import { pb } from '~/util/path-builder'
import { count } from '~/util/str'

/** One instance: its connection and its databases. */
export default function InstancePage() {
  const instance = useQuery(instanceQuery(useParam('instance')))
  return <Loaded query={instance}>{row => <Details row={row} />}</Loaded>
}

function Details({ row }: { row: Schemas['Instance'] }) {
  const navigate = useNavigate()
  const params = { path: { instance: row.id } }
  const environments = useQuery(environmentsQuery)
  const databases = useQuery(databasesQuery({ instance: row.id }))
  const manages = can(useQuery(sessionQuery).data, 'instances.manage')
  const { engines, nameOf } = useEngines()
  const [editing, setEditing] = useState(false)
  const changes = { kind: 'instance.changed', subjectId: row.id } as const
  const check = useWrite({ changes, run: () => unwrap(http.POST('/api/v1/instances/{instance}/check', { params })) })
  const discover = useWrite({
    changes,
    run: () => unwrap(http.POST('/api/v1/instances/{instance}/discover', { params })),
    done: list => `${count(list.items.length, 'database')} found.`,
  })
  const remove = useWrite({
    run: () => unwrap(http.DELETE('/api/v1/instances/{instance}', { params })),
    done: () => `${row.name} is removed.`,
    after: () => void navigate({ to: pb.instances() }),
  })
  return (
    <Page
      title={row.name}
      crumbs={[{ label: 'Instances', to: pb.instances() }]}
      beside={<StateBadge state={row.checkError ? 'attention' : 'healthy'} />}
      action={
        manages &&
        !editing && (
          <>
            <Button variant="default" loading={check.isPending} onClick={() => check.mutate()}>
              Test connection
            </Button>
            <Button variant="default" onClick={() => setEditing(true)}>
              Edit
            </Button>
            <ConfirmButton title={`Remove ${row.name}?`} verb="Remove" danger onConfirm={() => remove.mutate()}>
              Towpath forgets the instance and its databases. The server itself isn’t changed.
            </ConfirmButton>
          </>
        )
      }
    >
      {row.checkError && !check.data && (
        <Notice kind="warning" title="The last test found a problem">
          {row.checkError}
        </Notice>
      )}
      {check.data && <CheckReport report={check.data} />}
      {editing ? (
        <div className="panel narrow">
          <InstanceForm
            engines={engines}
            environments={environments.data ?? []}
            initial={{
              name: row.name,
              engine: row.engine,
              environmentId: row.environmentId,
              address: row.address ?? '',
              username: row.username ?? '',
              password: '',
              passwordFrom: row.passwordFrom ?? '',
              options: row.options ?? {},
            }}
            fresh={false}
            onCancel={() => setEditing(false)}
            submit="Save"
            check={body => unwrap(http.POST('/api/v1/instances/check', { body }))}
            save={async ({ engine, password, ...rest }) => {
              await unwrap(
                http.PATCH('/api/v1/instances/{instance}', {
                  params,
                  body: { ...rest, ...(password ? { password } : {}) },
                }),
              )
              await queryClient.invalidateQueries()
              sayDone('The instance is saved.')
              setEditing(false)
            }}
          />
        </div>
      ) : (
        <dl className="facts">
          <dt>Engine</dt>
          <dd>{nameOf(row.engine)}</dd>
          <dt>Environment</dt>
          <dd>{environments.data?.find(one => one.id === row.environmentId)?.name ?? ''}</dd>
          <dt>Address</dt>
          <dd className="mono">{row.address ?? 'only for those who manage instances'}</dd>
          {row.username && <dt>User name</dt>}
          {row.username && <dd>{row.username}</dd>}
          {row.passwordFrom && <dt>Password from</dt>}
          {row.passwordFrom && <dd className="mono">{row.passwordFrom}</dd>}
          <dt>Checked</dt>
          <dd>
            <TimeAgo at={row.checkedAt} />
          </dd>
        </dl>
      )}
      <section className="stack tight">
        <div className="row between">
          <h2>Databases</h2>
          {manages && (
            <Button size="compact-sm" variant="default" loading={discover.isPending} onClick={() => discover.mutate()}>
              Find databases
            </Button>
          )}
        </div>
        <Loaded query={databases}>
          {rows => (
            <DatabaseTable
              rows={rows}
              without="Instance"
              empty={<EmptyState icon="database">No databases found.</EmptyState>}
            />
          )}
        </Loaded>
      </section>
    </Page>
  )
}
