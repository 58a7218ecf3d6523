import { Button, NativeSelect, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { Schemas } from '~/api/client'
import { type AuditFilter, membersQuery, projectsQuery } from '~/api/queries'
import { useFilter } from '~/hooks/use-params'

type Act = Schemas['AuditEvent']['act']

/** The beginning of a day in the reader's zone, some days later; undefined for what is no date. */
export function dayStart(date: string, later = 0): string | undefined {
  const [year, month, day] = date.split('-').map(Number)
  if (!year || !month || !day) return undefined
  const at = new Date(year, month - 1, day + later)
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString()
}

const names = ['member', 'act', 'project', 'object', 'from', 'to'] as const

/** The filter of the audit log, which is in the address. */
export function useAuditFilter() {
  const member = useFilter('member')
  const act = useFilter('act')
  const project = useFilter('project')
  const object = useFilter('object')
  const from = useFilter('from')
  const to = useFilter('to')
  const fields = { member, act, project, object, from, to }
  const after = dayStart(from[0])
  const before = dayStart(to[0], 1)
  const filter: AuditFilter = {
    ...(member[0] && { member: member[0] }),
    ...(act[0] && { act: act[0] as Act }),
    ...(project[0] && { project: project[0] }),
    ...(object[0] && { subject: object[0] }),
    ...(after && { from: after }),
    ...(before && { to: before }),
  }
  return { fields, filter, any: names.some(name => fields[name][0] !== '') }
}

interface AuditFiltersProps {
  fields: ReturnType<typeof useAuditFilter>['fields']
  /** The acts that there are. */
  acts: readonly string[]
}

/** Fields that narrow the audit log. */
export function AuditFilters({ fields, acts }: AuditFiltersProps) {
  const members = useQuery(membersQuery)
  const projects = useQuery(projectsQuery)
  const field = (name: (typeof names)[number]) => ({
    value: fields[name][0],
    onChange: (event: { currentTarget: { value: string } }) => fields[name][1](event.currentTarget.value),
  })
  const select = (label: string, rows: { value: string; label: string }[]) => [{ value: '', label }, ...rows]
  return (
    <div className="row wrap" style={{ alignItems: 'flex-end' }}>
      <NativeSelect
        label="Who"
        maw={220}
        data={select(
          'Everybody',
          (members.data ?? []).map(one => ({ value: one.id, label: one.name || one.email })),
        )}
        {...field('member')}
      />
      <NativeSelect
        label="Action"
        maw={220}
        data={select(
          'All actions',
          acts.map(one => ({ value: one, label: one })),
        )}
        {...field('act')}
      />
      <NativeSelect
        label="Project"
        maw={220}
        data={select(
          'All projects',
          (projects.data ?? []).map(one => ({ value: one.id, label: one.name })),
        )}
        {...field('project')}
      />
      <TextInput label="From" type="date" {...field('from')} />
      <TextInput label="To" type="date" {...field('to')} />
      {fields.object[0] && (
        <Button variant="default" onClick={() => fields.object[1]('')}>
          Show all objects
        </Button>
      )}
    </div>
  )
}
