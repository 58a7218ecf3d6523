import { Button, TextInput } from '@mantine/core'
import { http, type Schemas, unwrap } from '~/api/client'
import { queryClient } from '~/api/query-client'
import { FormFrame } from '~/components/FormFrame'
import { useForm } from '~/hooks/use-form'
import { sayDone } from '~/stores/toast'
import { rowsOf, variablesOf } from '~/util/variables'

/** Sets the values that an environment has for the placeholders of files. */
export function VariablesForm({ environment }: { environment: Schemas['Environment'] }) {
  const { id, name } = environment
  const form = useForm({
    initial: { rows: rowsOf(environment.variables) },
    submit: async ({ rows }) => {
      const body = { variables: variablesOf(rows) }
      await unwrap(http.PATCH('/api/v1/environments/{environment}', { params: { path: { environment: id } }, body }))
      await queryClient.invalidateQueries()
      sayDone(`Updated the variables of ${name}. Approvals of changes that use them no longer count.`)
    },
  })
  const { rows } = form.values
  const change = (index: number, part: Partial<(typeof rows)[number]>) =>
    form.set(
      'rows',
      rows.map((row, at) => (at === index ? { ...row, ...part } : row)),
    )
  return (
    <FormFrame {...form} submit="Update variables" quiet>
      {rows.map((row, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: rows have no other identity
        <div className="row wrap" key={index}>
          <TextInput
            label="Name"
            placeholder="schema"
            spellCheck={false}
            value={row.name}
            onChange={event => change(index, { name: event.currentTarget.value })}
          />
          <TextInput
            label="Value"
            className="grow"
            spellCheck={false}
            value={row.value}
            onChange={event => change(index, { value: event.currentTarget.value })}
          />
          <Button
            variant="default"
            aria-label={`Remove the variable ${row.name}`}
            style={{ alignSelf: 'flex-end' }}
            onClick={() => form.set('rows', rows.toSpliced(index, 1))}
          >
            Remove
          </Button>
        </div>
      ))}
      <div className="row wrap">
        <Button variant="default" onClick={() => form.set('rows', [...rows, { name: '', value: '' }])}>
          Add a variable
        </Button>
      </div>
    </FormFrame>
  )
}
