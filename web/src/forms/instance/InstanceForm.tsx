import { Button, PasswordInput, Select, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import type { Schemas } from '~/api/client'
import { messageOf } from '~/api/errors'
import { FormFrame } from '~/components/FormFrame'
import { useForm } from '~/hooks/use-form'
import { Notice } from '~/ui/Notice'
import { CheckReport } from './CheckReport'
import { EngineOptions } from './EngineOptions'
import { RequiredRights } from './RequiredRights'

interface InstanceFormProps {
  engines: Schemas['EngineType'][]
  environments: Schemas['Environment'][]
  initial: Schemas['InstanceSpec']
  /** Whether the engine may be chosen: only when the instance is new. */
  fresh: boolean
  check: (spec: Schemas['InstanceSpec']) => Promise<Schemas['Report']>
  save: (spec: Schemas['InstanceSpec']) => Promise<unknown>
  submit: string
  onCancel?: () => void
}

/** The address of an instance and its credentials, with a test that changes nothing. */
export function InstanceForm({
  engines,
  environments,
  initial,
  fresh,
  check,
  save,
  submit,
  onCancel,
}: InstanceFormProps) {
  const form = useForm<Schemas['InstanceSpec']>({ initial, submit: save })
  const test = useMutation({ mutationFn: () => check(form.values) })
  const engine = engines.find(one => one.type === form.values.engine)
  const chosen = form.choice('engine')
  return (
    <FormFrame
      {...form}
      submit={submit}
      aside={
        <>
          <Button variant="default" loading={test.isPending} onClick={() => test.mutate()}>
            Test connection
          </Button>
          {onCancel && (
            <Button variant="default" onClick={onCancel}>
              Cancel
            </Button>
          )}
        </>
      }
    >
      <TextInput label="Name" placeholder="prod-db-1" {...form.text('name')} />
      {fresh && (
        <Select
          label="Engine"
          data={engines.map(one => ({ value: one.type, label: one.name }))}
          {...chosen}
          onChange={type => {
            chosen.onChange(type)
            form.set('options', {})
          }}
        />
      )}
      <Select
        label="Environment"
        placeholder="Choose one"
        data={environments.map(one => ({ value: one.id, label: one.name }))}
        description={environments.length === 0 ? 'There are no environments yet. Add one first.' : undefined}
        {...form.choice('environmentId')}
      />
      <TextInput
        label={engine?.addressLabel ?? 'Address'}
        description={engine?.addressHelp}
        spellCheck={false}
        {...form.text('address')}
      />
      {engine?.login && (
        <>
          {engine.rights && <RequiredRights sql={engine.rights} user={form.values.username ?? ''} />}
          <TextInput label="User name" autoComplete="off" {...form.text('username')} />
          <PasswordInput
            label="Password"
            description={
              fresh
                ? 'Stored encrypted and never shown again.'
                : 'Leave empty to keep the current one. Required again when the address or user name changes.'
            }
            autoComplete="new-password"
            {...form.text('password')}
          />
          <TextInput
            label="Or read the password from"
            description="env:NAME or file:/path, as the server’s settings allow. It is read at each connection and not stored."
            spellCheck={false}
            {...form.text('passwordFrom')}
          />
        </>
      )}
      {engine && (
        <EngineOptions
          options={engine.options}
          values={form.values.options ?? {}}
          failure={form.failure}
          onChange={options => form.set('options', options)}
        />
      )}
      {test.data && <CheckReport report={test.data} />}
      {test.error && <Notice kind="error">{messageOf(test.error)}</Notice>}
    </FormFrame>
  )
}
