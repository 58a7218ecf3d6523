import { TextInput } from '@mantine/core'
import { http, type Schemas, unwrap } from '~/api/client'
import { queryClient } from '~/api/query-client'
import { FormFrame } from '~/components/FormFrame'
import { useForm } from '~/hooks/use-form'
import { sayDone } from '~/stores/toast'
import { FileLimit, LimitField } from './LimitField'
import { limitsOf, limitTexts } from './values'

const names = ['lockTimeout', 'statementTimeout'] as const

/** A project's name, and how long its changes may take. */
export function ProjectForm({ project }: { project: Schemas['Project'] }) {
  const form = useForm({
    initial: { name: project.name, ...limitTexts(names, project) },
    submit: async ({ name, ...texts }) => {
      const saved = await unwrap(
        http.PATCH('/api/v1/projects/{project}', {
          params: { path: { project: project.id } },
          body: { name, ...limitsOf(names, texts) },
        }),
      )
      await queryClient.invalidateQueries()
      sayDone(`The settings of ${saved.name} are saved.`)
    },
  })
  return (
    <FormFrame {...form} submit="Save">
      <TextInput label="Name" {...form.text('name')} />
      <LimitField
        label="Wait for locks at most"
        description={
          <FileLimit
            words="Empty leaves it to each environment. A file that asks for its own wins:"
            setting="lock-timeout=5s"
          />
        }
        placeholder="as the environment"
        {...form.text('lockTimeout')}
      />
      <LimitField
        label="Stop a statement after"
        description={
          <FileLimit
            words="Empty leaves it to each environment. A file that asks for its own wins:"
            setting="statement-timeout=1h"
          />
        }
        placeholder="as the environment"
        {...form.text('statementTimeout')}
      />
    </FormFrame>
  )
}
