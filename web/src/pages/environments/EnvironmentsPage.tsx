import { Button, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { can } from '~/api/can'
import { http, type Schemas, unwrap } from '~/api/client'
import { environmentsQuery, sessionQuery } from '~/api/queries'
import { queryClient } from '~/api/query-client'
import { FormFrame } from '~/components/FormFrame'
import { Loaded } from '~/components/Loaded'
import { Page } from '~/components/Page'
import { EnvironmentOrder } from '~/forms/EnvironmentOrder'
import { type StartMode, StartModeChoice, startFor } from '~/forms/StartModeChoice'
import { useForm } from '~/hooks/use-form'
import { EmptyState } from '~/ui/EmptyState'
import { Icon } from '~/ui/Icon'

/** The stages that changes pass through, in their order. */
export default function EnvironmentsPage() {
  const environments = useQuery(environmentsQuery)
  const manages = can(useQuery(sessionQuery).data, 'environments.manage')
  const [adding, setAdding] = useState(false)
  const add = manages && !adding && (
    <Button onClick={() => setAdding(true)} leftSection={<Icon name="plus" />}>
      Add an environment
    </Button>
  )
  return (
    <Page
      title="Environments"
      lead="A rollout passes through them from top to bottom: a stage starts when the one above it is done."
      action={(environments.data?.length ?? 0) > 0 && add}
    >
      {adding && <AddEnvironment close={() => setAdding(false)} />}
      <Loaded query={environments} rows={3}>
        {list =>
          list.length === 0 && !adding ? (
            <EmptyState icon="layers" action={add}>
              There are no environments yet. Most teams begin with test and prod.
            </EmptyState>
          ) : (
            <EnvironmentOrder key={list.map(order).join()} environments={list} manages={manages} />
          )
        }
      </Loaded>
    </Page>
  )
}

const order = (one: Schemas['Environment']) => JSON.stringify([one.id, one.name, one.applied])

function AddEnvironment({ close }: { close: () => void }) {
  const form = useForm({
    initial: { name: '', chosen: '' as StartMode | '' },
    submit: async ({ name }) => {
      await unwrap(http.POST('/api/v1/environments', { body: { name, start } }))
      await queryClient.invalidateQueries(environmentsQuery)
      close()
    },
  })
  const start = form.values.chosen || startFor(form.values.name)
  return (
    <div className="panel narrow">
      <FormFrame
        {...form}
        submit="Add"
        aside={
          <Button variant="default" onClick={close}>
            Cancel
          </Button>
        }
      >
        <TextInput
          label="Name"
          placeholder="staging"
          description="File paths contain it as {{ENV_ID}}: lower-case letters, digits and dashes."
          autoFocus
          {...form.text('name')}
        />
        <StartModeChoice value={start} onChange={mode => form.set('chosen', mode)} />
      </FormFrame>
    </div>
  )
}
