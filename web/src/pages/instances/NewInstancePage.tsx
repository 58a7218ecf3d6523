import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { http, type Schemas, unwrap } from '~/api/client'
import { engineTypesQuery, environmentsQuery } from '~/api/queries'
import { queryClient } from '~/api/query-client'
import { LinkButton } from '~/components/LinkButton'
import { Loaded } from '~/components/Loaded'
import { Page } from '~/components/Page'
import { InstanceForm } from '~/forms/instance/InstanceForm'
import { Notice } from '~/ui/Notice'
import { pb } from '~/util/path-builder'

/** Adds an instance. */
export default function NewInstancePage() {
  const environments = useQuery(environmentsQuery)
  const engines = useQuery(engineTypesQuery)
  return (
    <Page title="Add an instance" crumbs={[{ label: 'Instances', to: pb.instances() }]}>
      <Loaded query={environments}>
        {list => <Loaded query={engines}>{types => <Fields environments={list} engines={types} />}</Loaded>}
      </Loaded>
    </Page>
  )
}

interface FieldsProps {
  environments: Schemas['Environment'][]
  engines: Schemas['EngineType'][]
}

function Fields({ environments, engines }: FieldsProps) {
  const navigate = useNavigate()
  return (
    <div className="narrow stack">
      {environments.length === 0 && (
        <Notice
          kind="info"
          action={
            <LinkButton size="xs" to={pb.environments()}>
              Add environments
            </LinkButton>
          }
        >
          An instance belongs to an environment, and there is none yet.
        </Notice>
      )}
      <InstanceForm
        engines={engines}
        environments={environments}
        initial={{
          name: '',
          engine: engines[0]?.type ?? '',
          environmentId: environments[0]?.id ?? '',
          address: '',
          username: '',
          password: '',
          passwordFrom: '',
          options: {},
        }}
        fresh
        submit="Add the instance"
        check={body => unwrap(http.POST('/api/v1/instances/check', { body }))}
        save={async body => {
          const made = await unwrap(http.POST('/api/v1/instances', { body }))
          await queryClient.invalidateQueries()
          await navigate({ to: pb.instance(made.id) })
        }}
      />
    </div>
  )
}
