import { http, type Schemas, unwrap } from '~/api/client'
import { queryClient } from '~/api/query-client'
import { FormFrame } from '~/components/FormFrame'
import { useForm } from '~/hooks/use-form'
import { sayDone } from '~/stores/toast'
import { limitText } from '~/util/limit'
import classes from './EnvironmentLimitsForm.module.css'
import { FileLimit, LimitField } from './LimitField'
import { limitsOf, limitTexts } from './values'

const names = ['lockTimeout', 'statementTimeout', 'maxLockTimeout', 'maxStatementTimeout'] as const

/** How long changes in an environment may take, and how long they may ask for. */
export function EnvironmentLimitsForm({ environment }: { environment: Schemas['Environment'] }) {
  const form = useForm({
    initial: limitTexts(names, environment),
    submit: async texts => {
      await unwrap(
        http.PATCH('/api/v1/environments/{environment}', {
          params: { path: { environment: environment.id } },
          body: limitsOf(names, texts),
        }),
      )
      await queryClient.invalidateQueries()
      sayDone(`The limits of ${environment.name} are saved.`)
    },
  })
  return (
    <FormFrame {...form} submit="Save">
      <fieldset className={classes.group}>
        <legend>Changes in this environment</legend>
        <LimitField
          label="Wait for locks at most"
          description="A change that waits longer for somebody's lock gives up and tries again, five times in all."
          placeholder={asServer(environment.applied.lockTimeout)}
          {...form.text('lockTimeout')}
        />
        <LimitField
          label="Stop a statement after"
          description="A statement that takes longer is stopped on the database server, and its task fails."
          placeholder={asServer(environment.applied.statementTimeout)}
          {...form.text('statementTimeout')}
        />
      </fieldset>
      <fieldset className={classes.group}>
        <legend>Files and projects may ask for at most</legend>
        <LimitField
          label="Waiting for locks"
          description={<FileLimit words="A file asks in its first lines:" setting="lock-timeout=5s" />}
          placeholder="24 h"
          {...form.text('maxLockTimeout')}
        />
        <LimitField
          label="One statement"
          description={<FileLimit words="A file asks in its first lines:" setting="statement-timeout=1h" />}
          placeholder="7 days"
          {...form.text('maxStatementTimeout')}
        />
      </fieldset>
    </FormFrame>
  )
}

/** The limit that applies if the environment sets none, as far as it shows. */
function asServer(applied: Schemas['AppliedLimit']): string {
  return applied.from === 'server' ? `as the server: ${limitText(applied.timeout)}` : 'as the server'
}
