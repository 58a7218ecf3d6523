import { Button, Checkbox, Select } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { http, type Schemas, unwrap } from '~/api/client'
import { messageOf } from '~/api/errors'
import { instancesQuery } from '~/api/queries'
import { queryClient } from '~/api/query-client'
import { FormFrame } from '~/components/FormFrame'
import { useForm } from '~/hooks/use-form'
import { sayDone } from '~/stores/toast'
import { Notice } from '~/ui/Notice'
import { CheckReport } from './instance/CheckReport'

interface RehearsalFormProps {
  project: string
  setting: Schemas['RehearsalSetting']
}

/** Sets whether and where the branches of a project are tried before the merge. */
export function RehearsalForm({ project, setting }: RehearsalFormProps) {
  const params = { path: { project } }
  const instances = useQuery(instancesQuery).data ?? []
  const check = useMutation({
    mutationFn: () => unwrap(http.POST('/api/v1/projects/{project}/rehearsals/check', { params })),
  })
  const form = useForm({
    initial: { rehearse: setting.rehearse, instanceId: setting.instanceId },
    submit: async body => {
      const saved = await unwrap(http.PATCH('/api/v1/projects/{project}/rehearsals', { params, body }))
      await queryClient.invalidateQueries()
      sayDone(saved.rehearse ? 'Branches are rehearsed from now on.' : 'Branches are no longer rehearsed.')
      if (saved.rehearse) check.mutate()
    },
  })
  return (
    <FormFrame
      {...form}
      submit="Update rehearsals"
      quiet
      aside={
        <Button variant="subtle" loading={check.isPending} onClick={() => check.mutate()}>
          Check rights
        </Button>
      }
    >
      <Checkbox
        label="Rehearse branches"
        description="Each branch runs in a scratch database with the schema of a target before it is merged. The review then shows the locks that were really taken, for how long, and what fails. Anybody who can push decides what runs there, with the rights of the instance’s user."
        checked={form.values.rehearse}
        onChange={event => form.set('rehearse', event.currentTarget.checked)}
      />
      <Select
        label="Instance for scratch databases"
        description="An instance with a user of its own keeps the right to make databases from the user of your targets."
        data={[
          { value: '', label: 'That of the first database that gets the files' },
          ...instances.map(one => ({ value: one.id, label: one.name })),
        ]}
        allowDeselect={false}
        {...form.choice('instanceId')}
      />
      {check.isError && <Notice kind="error">{messageOf(check.error)}</Notice>}
      {check.data?.items.length === 0 && (
        <Notice kind="info">Assign a database to this project first: its instance is the one to check.</Notice>
      )}
      {check.data?.items.map(one => (
        <section key={one.instanceId} aria-label={one.instance} className="stack tight">
          <h3>{one.instance}</h3>
          <CheckReport report={one} works="Files can be rehearsed here" />
        </section>
      ))}
    </FormFrame>
  )
}
