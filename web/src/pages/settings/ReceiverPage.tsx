import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { http, type Schemas, unwrap } from '~/api/client'
import { notificationsQuery, receiversQuery } from '~/api/queries'
import { ConfirmButton } from '~/components/ConfirmButton'
import { Link } from '~/components/Link'
import { Loaded } from '~/components/Loaded'
import { Page } from '~/components/Page'
import { StateBadge } from '~/components/StateBadge'
import { ExactTime } from '~/components/TimeAgo'
import { ReceiverForm } from '~/forms/ReceiverForm'
import { useParam } from '~/hooks/use-params'
import { useWrite } from '~/hooks/use-write'
import { sayDone } from '~/stores/toast'
import { type Column, QueryTable } from '~/table/QueryTable'
import { EmptyState } from '~/ui/EmptyState'
import { Notice } from '~/ui/Notice'
import { pb } from '~/util/path-builder'

/** One receiver: what it is told, and what came of it. */
export default function ReceiverPage() {
  const id = useParam('receiver')
  const receivers = useQuery(receiversQuery)
  return (
    <Loaded query={receivers} rows={4}>
      {list => {
        const receiver = list.find(one => one.id === id)
        return receiver ? (
          <Receiver receiver={receiver} />
        ) : (
          <Notice kind="warning" title="This receiver was removed">
            <Link to={pb.receivers()}>See all receivers</Link>
          </Notice>
        )
      }}
    </Loaded>
  )
}

function Receiver({ receiver }: { receiver: Schemas['Receiver'] }) {
  const navigate = useNavigate()
  const params = { path: { receiver: receiver.id } }
  const changes = { kind: 'receiver.changed', subjectId: receiver.id } as const
  const test = useWrite({
    changes,
    run: () => unwrap(http.POST('/api/v1/receivers/{receiver}/test', { params })),
  })
  const remove = useWrite({
    changes,
    run: () => unwrap(http.DELETE('/api/v1/receivers/{receiver}', { params })),
    done: () => {
      void navigate({ to: pb.receivers() })
      return `${receiver.name} gets no more notifications.`
    },
  })
  return (
    <Page
      title={receiver.name}
      crumbs={[{ label: 'Notifications', to: pb.receivers() }]}
      action={
        <Button variant="default" loading={test.isPending} onClick={() => test.mutate()}>
          Send a test
        </Button>
      }
    >
      {test.data && <TestResult result={test.data} />}
      <Notifications receiver={receiver.id} />
      <section className="stack tight">
        <h2>Settings</h2>
        <div className="narrow">
          <ReceiverForm
            key={receiver.id}
            receiver={receiver}
            done={() => sayDone(`${receiver.name} is saved.`)}
            aside={
              <ConfirmButton title={`Remove ${receiver.name}?`} verb="Remove" danger onConfirm={() => remove.mutate()}>
                Notifications that were not sent yet are dropped, and its list of notifications is deleted.
              </ConfirmButton>
            }
          />
        </div>
      </section>
    </Page>
  )
}

function TestResult({ result }: { result: Schemas['Notification'] }) {
  const arrived = result.state === 'delivered'
  return (
    <Notice kind={arrived ? 'ok' : 'error'} title={arrived ? 'The test was delivered' : 'The test was not delivered'}>
      {result.reason?.text}
    </Notice>
  )
}

/** What was sent to a receiver, newest first. */
function Notifications({ receiver }: { receiver: string }) {
  const notifications = useQuery(notificationsQuery(receiver))
  const replay = useWrite({
    changes: { kind: 'receiver.changed', subjectId: receiver },
    run: (notification: string) =>
      unwrap(http.POST('/api/v1/notifications/{notification}/replay', { params: { path: { notification } } })),
    done: () => 'Sending the notification again.',
  })
  const columns: Column<Schemas['Notification']>[] = [
    { title: 'Time', fit: true, bare: true, cell: row => <ExactTime at={row.createdAt} /> },
    {
      title: 'Notification',
      main: true,
      cell: row => (row.rolloutId ? <Link to={pb.rollout(row.rolloutId)}>{row.title}</Link> : row.title),
    },
    { title: 'Event', wide: true, fit: true, cell: row => <span className="mono">{row.event}</span> },
    {
      title: 'State',
      cell: row => (
        <>
          <StateBadge state={row.state} detail={row.attempts > 1 ? `after ${row.attempts} attempts` : undefined} />{' '}
          <span className="muted small">{row.reason?.text}</span>
        </>
      ),
    },
    {
      title: '_Actions',
      fit: true,
      cell: row => (
        <Button
          size="compact-sm"
          variant="default"
          disabled={replay.isPending || row.state === 'pending'}
          onClick={() => replay.mutate(row.id)}
        >
          Send again
        </Button>
      ),
    },
  ]
  return (
    <section className="stack tight">
      <h2>Notifications</h2>
      <Loaded query={notifications} rows={2}>
        {rows => (
          <QueryTable
            label="Notifications"
            columns={columns}
            rows={rows}
            id={row => row.id}
            empty={<EmptyState icon="webhook">Nothing was sent yet. Send a test to see that it arrives.</EmptyState>}
          />
        )}
      </Loaded>
    </section>
  )
}
