import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import type { Schemas } from '~/api/client'
import { environmentsQuery, instancesQuery, projectsQuery } from '~/api/queries'
import { type Column, QueryTable } from '~/table/QueryTable'
import { pb } from '~/util/path-builder'
import { ListLink } from './Link'
import { StateBadge } from './StateBadge'
import { TimeAgo } from './TimeAgo'

type Database = Schemas['Database']

/** The state of a database, as far as the server knows it. */
export function databaseState(row: Database): string {
  if (row.missingAt) return 'missing'
  if (row.ledgerState !== 'genuine') return row.ledgerState
  if (row.foreignLedger) return 'foreign-ledger'
  if (row.ledgerError) return 'unreachable'
  if (row.driftedAt && !row.busy) return 'drifted'
  return row.busy ? 'running' : 'healthy'
}

interface DatabaseTableProps {
  rows: Database[]
  empty: ReactNode
  /** Chooses the project of a database. */
  assign?: (row: Database) => ReactNode
  /** The column that would say the same in each row. */
  without?: 'Instance' | 'Project'
}

/** Databases with their instance and project. */
export function DatabaseTable({ rows, empty, assign, without }: DatabaseTableProps) {
  const environments = useQuery(environmentsQuery)
  const instances = useQuery(instancesQuery)
  const projects = useQuery(projectsQuery)
  const environment = (id: string) => environments.data?.find(one => one.id === id)?.name ?? ''
  const columns: Column<Database>[] = [
    { title: 'Name', cell: row => <ListLink to={pb.database(row.id)}>{row.name}</ListLink> },
    { title: 'Environment', cell: row => environment(row.environmentId) },
    {
      title: 'Instance',
      wide: true,
      cell: row => (
        <ListLink to={pb.instance(row.instanceId)}>
          {instances.data?.find(one => one.id === row.instanceId)?.name ?? ''}
        </ListLink>
      ),
    },
    {
      title: 'Project',
      cell: row =>
        assign?.(row) ??
        (row.projectId ? (
          <ListLink to={pb.project(row.projectId)}>
            {projects.data?.find(one => one.id === row.projectId)?.name ?? ''}
          </ListLink>
        ) : (
          <span className="muted">Unassigned</span>
        )),
    },
    { title: 'State', fit: true, bare: true, cell: row => <StateBadge state={databaseState(row)} /> },
    { title: 'Last change', wide: true, fit: true, cell: row => <TimeAgo at={row.lastChangeAt} many /> },
    { title: 'Ledger read', wide: true, fit: true, cell: row => <TimeAgo at={row.ledgerAt} many /> },
  ]
  return (
    <QueryTable
      label="Databases"
      columns={columns.filter(column => column.title !== without)}
      rows={rows}
      id={row => row.id}
      to={row => pb.database(row.id)}
      empty={empty}
    />
  )
}
