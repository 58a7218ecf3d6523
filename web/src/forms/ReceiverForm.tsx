import { Checkbox, PasswordInput, Select, Textarea, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { http, type Schemas, unwrap } from '~/api/client'
import { environmentsQuery, projectsQuery, receiversQuery } from '~/api/queries'
import { queryClient } from '~/api/query-client'
import { FormFrame } from '~/components/FormFrame'
import { useForm } from '~/hooks/use-form'

type Receiver = Schemas['Receiver']
export type ReceiverEvent = Receiver['events'][number]

export const kinds: { value: Receiver['kind']; label: string }[] = [
  { value: 'slack', label: 'Slack, Mattermost or Rocket.Chat' },
  { value: 'teams', label: 'Microsoft Teams' },
  { value: 'mail', label: 'Email' },
  { value: 'webhook', label: 'Webhook' },
]

/** The events in the words of the console, what needs a person first. */
export const eventWords: Record<ReceiverEvent, string> = {
  'approval.wanted': 'A stage waits for approval or a start',
  'change.held': 'Files are held for a decision',
  'change.failed': 'Files failed',
  'change.unknown': 'An outcome is unknown',
  'link.attention': 'A repository link needs attention',
  'change.undone': 'A version was undone',
  'schema.drifted': 'A schema was changed by hand',
  'change.done': 'All files are done in an environment',
}
const urgent = (Object.keys(eventWords) as ReceiverEvent[]).filter(event => event !== 'change.done')

const placeholders = {
  slack: 'https://hooks.slack.com/services/…',
  teams: 'https://….logic.azure.com/workflows/…',
  webhook: 'https://ops.example.com/towpath',
}

interface ReceiverFormProps {
  /** The one to change; without it a new one is added. */
  receiver?: Receiver
  done: (receiver: Receiver) => void
  aside?: React.ReactNode
}

/** Where notifications are sent, and which. */
export function ReceiverForm({ receiver, done, aside }: ReceiverFormProps) {
  const projects = useQuery(projectsQuery)
  const environments = useQuery(environmentsQuery)
  const form = useForm({
    initial: {
      name: receiver?.name ?? '',
      kind: receiver?.kind ?? 'slack',
      url: '',
      secret: '',
      addresses: receiver?.addresses.join('\n') ?? '',
      projectId: receiver?.projectId ?? '',
      environmentId: receiver?.environmentId ?? '',
      events: receiver?.events ?? urgent,
    },
    submit: async ({ name, kind, url, secret, addresses, projectId, environmentId, events }) => {
      const body = {
        name,
        events,
        ...(url && kind !== 'mail' ? { url } : {}),
        ...(secret && kind === 'webhook' ? { secret } : {}),
        ...(kind === 'mail' ? { addresses: addresses.split(/[\s,;]+/).filter(Boolean) } : {}),
        ...(projectId ? { projectId } : {}),
        ...(environmentId ? { environmentId } : {}),
      }
      const saved = receiver
        ? await unwrap(http.PUT('/api/v1/receivers/{receiver}', { params: { path: { receiver: receiver.id } }, body }))
        : await unwrap(http.POST('/api/v1/receivers', { body: { ...body, kind } }))
      await queryClient.invalidateQueries(receiversQuery)
      done(saved)
    },
  })
  const { kind, events } = form.values
  const toggle = (event: ReceiverEvent) =>
    form.set('events', events.includes(event) ? events.filter(one => one !== event) : [...events, event])
  return (
    <FormFrame {...form} submit={receiver ? 'Save' : 'Add'} aside={aside}>
      <TextInput label="Name" placeholder="#db-changes" {...form.text('name')} />
      {!receiver && <Select label="Kind" data={kinds} allowDeselect={false} {...form.choice('kind')} />}
      {kind === 'mail' ? (
        <Textarea
          label="Email addresses"
          description="One in each line."
          rows={3}
          autosize
          {...form.text('addresses')}
        />
      ) : (
        <TextInput
          label="Address"
          description={
            receiver
              ? `It is at ${receiver.host} and not shown again. Leave it empty to keep it.`
              : 'The address of the incoming webhook. It is encrypted and not shown again.'
          }
          placeholder={placeholders[kind]}
          autoComplete="off"
          {...form.text('url')}
        />
      )}
      {kind === 'webhook' && (
        <PasswordInput
          label="Secret"
          description={
            receiver
              ? 'Signs the requests. Leave it empty to keep the one that is set.'
              : 'Signs the requests. Use 16 characters or more. It is not shown again.'
          }
          autoComplete="new-password"
          {...form.text('secret')}
        />
      )}
      <Checkbox.Group label="Notify when" value={events} error={form.fields.events}>
        <div className="stack tight">
          {(Object.keys(eventWords) as ReceiverEvent[]).map(event => (
            <Checkbox key={event} value={event} label={eventWords[event]} onChange={() => toggle(event)} />
          ))}
        </div>
      </Checkbox.Group>
      <Select
        label="Project"
        data={[
          { value: '', label: 'All projects' },
          ...(projects.data ?? []).map(one => ({ value: one.id, label: one.name })),
        ]}
        allowDeselect={false}
        {...form.choice('projectId')}
      />
      <Select
        label="Environment"
        data={[
          { value: '', label: 'All environments' },
          ...(environments.data ?? []).map(one => ({ value: one.id, label: one.name })),
        ]}
        allowDeselect={false}
        {...form.choice('environmentId')}
      />
    </FormFrame>
  )
}
