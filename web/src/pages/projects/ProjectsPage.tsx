import { Button, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { can } from '~/api/can'
import { http, type Schemas, unwrap } from '~/api/client'
import { projectsQuery, sessionQuery } from '~/api/queries'
import { queryClient } from '~/api/query-client'
import { FormFrame } from '~/components/FormFrame'
import { ListLink } from '~/components/Link'
import { Loaded } from '~/components/Loaded'
import { Page } from '~/components/Page'
import { StateBadge } from '~/components/StateBadge'
import { TimeAgo } from '~/components/TimeAgo'
import { useForm } from '~/hooks/use-form'
import { type Column, QueryTable } from '~/table/QueryTable'
import { EmptyState } from '~/ui/EmptyState'
import { Icon } from '~/ui/Icon'
import { pb } from '~/util/path-builder'

const columns: Column<Schemas['Project']>[] = [
  { title: 'Name', cell: row => <ListLink to={pb.project(row.id)}>{row.name}</ListLink> },
  {
    title: 'State',
    fit: true,
    bare: true,
    cell: ({ lastRollout }) =>
      lastRollout ? <StateBadge state={lastRollout.state} /> : <span className="muted">No rollout</span>,
  },
  {
    title: 'Last rollout',
    wide: true,
    cell: ({ lastRollout }) =>
      lastRollout && <ListLink to={pb.rollout(lastRollout.id)}>{lastRollout.message || 'No commit message'}</ListLink>,
  },
  {
    title: 'Last change',
    fit: true,
    cell: ({ lastRollout }) => <TimeAgo at={lastRollout?.createdAt} />,
  },
  { title: 'Created', wide: true, fit: true, cell: row => <TimeAgo at={row.createdAt} /> },
]

/** The projects that the reader may see. */
export default function ProjectsPage() {
  const projects = useQuery(projectsQuery)
  const session = useQuery(sessionQuery)
  const [creating, setCreating] = useState(false)
  const may = can(session.data, 'projects.create')
  const create = may && (
    <Button onClick={() => setCreating(true)} leftSection={<Icon name="plus" />}>
      Create a project
    </Button>
  )
  return (
    <Page title="Projects" action={!creating && (projects.data?.length ?? 0) > 0 && create}>
      {creating && <CreateProject onCancel={() => setCreating(false)} />}
      <Loaded query={projects}>
        {rows => (
          <QueryTable
            label="Projects"
            columns={columns}
            rows={rows}
            id={row => row.id}
            to={row => pb.project(row.id)}
            empty={
              !creating && (
                <EmptyState icon="folder" action={create}>
                  {may
                    ? 'A project groups databases with the people and repositories that change them.'
                    : 'You aren’t in a project yet. Ask an owner to add you.'}
                </EmptyState>
              )
            }
          />
        )}
      </Loaded>
    </Page>
  )
}

function CreateProject({ onCancel }: { onCancel: () => void }) {
  const navigate = useNavigate()
  const form = useForm({
    initial: { name: '' },
    submit: async body => {
      const made = await unwrap(http.POST('/api/v1/projects', { body }))
      await queryClient.invalidateQueries(projectsQuery)
      await navigate({ to: pb.project(made.id) })
    },
  })
  return (
    <div className="panel narrow">
      <FormFrame
        {...form}
        submit="Create"
        aside={
          <Button variant="default" onClick={onCancel}>
            Cancel
          </Button>
        }
      >
        <TextInput label="Name" placeholder="Shop" autoFocus {...form.text('name')} />
      </FormFrame>
    </div>
  )
}
