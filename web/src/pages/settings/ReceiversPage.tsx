import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import type { Schemas } from '~/api/client'
import { environmentsQuery, projectsQuery, receiversQuery } from '~/api/queries'
import { Link } from '~/components/Link'
import { Loaded } from '~/components/Loaded'
import { Page } from '~/components/Page'
import { StateBadge } from '~/components/StateBadge'
import { TimeAgo } from '~/components/TimeAgo'
import { kinds, ReceiverForm } from '~/forms/ReceiverForm'
import { type Column, QueryTable } from '~/table/QueryTable'
import { EmptyState } from '~/ui/EmptyState'
import { Icon } from '~/ui/Icon'
import { pb } from '~/util/path-builder'
import { count } from '~/util/str'

/** Where people are told about changes. */
export default function ReceiversPage() {
  const receivers = useQuery(receiversQuery)
  const projects = useQuery(projectsQuery)
  const environments = useQuery(environmentsQuery)
  const navigate = useNavigate()
  const [adding, setAdding] = useState(false)
  const add = !adding && (
    <Button onClick={() => setAdding(true)} leftSection={<Icon name="plus" />}>
      Add a receiver
    </Button>
  )
  const of = (list: { id: string; name: string }[] | undefined, id: string | undefined, all: string) =>
    id ? (list?.find(one => one.id === id)?.name ?? 'Removed') : all
  const columns: Column<Schemas['Receiver']>[] = [
    {
      title: 'Name',
      cell: row => (
        <>
          <Link to={pb.receiver(row.id)}>{row.name}</Link>
          <div className="muted small">{row.host ?? row.addresses.join(', ')}</div>
        </>
      ),
    },
    { title: 'Kind', cell: row => kinds.find(one => one.value === row.kind)?.label },
    { title: 'Events', wide: true, cell: row => count(row.events.length, 'event') },
    {
      title: 'About',
      wide: true,
      cell: row =>
        `${of(projects.data, row.projectId, 'All projects')}, ${of(environments.data, row.environmentId, 'all environments')}`,
    },
    {
      title: 'Last notification',
      cell: row =>
        row.last ? (
          <>
            <StateBadge state={row.last.state} />{' '}
            <span className="muted small">
              <TimeAgo at={row.last.createdAt} />
            </span>
          </>
        ) : (
          <span className="muted">None yet</span>
        ),
    },
  ]
  return (
    <Page
      title="Notifications"
      lead="Tell a chat, an inbox or a program when a change needs somebody, fails or is done."
      action={(receivers.data?.length ?? 0) > 0 && add}
    >
      {adding && (
        <div className="panel narrow">
          <ReceiverForm
            done={receiver => void navigate({ to: pb.receiver(receiver.id) })}
            aside={
              <Button variant="default" onClick={() => setAdding(false)}>
                Cancel
              </Button>
            }
          />
        </div>
      )}
      <Loaded query={receivers} rows={2}>
        {rows =>
          rows.length === 0 && adding ? null : (
            <QueryTable
              label="Receivers"
              columns={columns}
              rows={rows}
              id={row => row.id}
              to={row => pb.receiver(row.id)}
              empty={
                <EmptyState icon="webhook" action={add}>
                  Nobody is notified yet. Add a chat channel, so that a change that waits or fails is seen.
                </EmptyState>
              }
            />
          )
        }
      </Loaded>
    </Page>
  )
}
