import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Schemas } from '~/api/client'
import { environmentsQuery } from '~/api/queries'
import { Icon } from '~/ui/Icon'
import { count } from '~/util/str'
import classes from './DatabaseGroups.module.css'
import { DatabaseTable, databaseState } from './DatabaseTable'
import { StateBadge } from './StateBadge'

type Database = Schemas['Database']

/** Databases of one environment that are alike. */
export interface DatabaseGroup {
  key: string
  state: string
  environmentId: string
  version: string
  rows: Database[]
  /** Another state or version than most databases of the environment. */
  odd: boolean
}

/**
 * Groups databases of equal environment, state and newest version. The odd groups come first, the
 * troubled ones before others, and the small before the large.
 */
export function groupDatabases(rows: Database[]): DatabaseGroup[] {
  const groups = new Map<string, DatabaseGroup>()
  for (const row of rows) {
    const [state, version] = [databaseState(row), row.lastVersion ?? '']
    const key = JSON.stringify([row.environmentId, state, version])
    const group = groups.get(key) ?? { key, state, environmentId: row.environmentId, version, rows: [], odd: false }
    group.rows.push(row)
    groups.set(key, group)
  }
  const list = [...groups.values()]
  for (const group of list) group.odd = !isUsual(group, list)
  const rank = (group: DatabaseGroup) => (isCalm(group) ? (group.odd ? 1 : 2) : 0)
  return list.sort((a, b) => rank(a) - rank(b) || a.rows.length - b.rows.length)
}

const isCalm = ({ state }: DatabaseGroup) => state === 'healthy' || state === 'running'

/** The largest calm group of an environment is the usual one; with it, databases that are being changed. */
function isUsual(group: DatabaseGroup, all: DatabaseGroup[]): boolean {
  if (!isCalm(group)) return false
  const beside = all.filter(other => other.environmentId === group.environmentId && isCalm(other))
  return group.state === 'running' || beside.every(other => other.rows.length <= group.rows.length)
}

/** So many databases are shown as one list. */
export const fewDatabases = 20

/** Odd groups of at most so many databases are open at first. */
const openAtFirst = 10

/** Many databases by exception: the odd ones in full, and the others as a count. */
export function DatabaseGroups({ rows }: { rows: Database[] }) {
  const environments = useQuery(environmentsQuery)
  const groups = groupDatabases(rows)
  const odd = groups.filter(group => group.odd).reduce((sum, group) => sum + group.rows.length, 0)
  return (
    <div className="stack tight">
      <p className="muted">
        {count(rows.length, 'database')}
        {odd > 0
          ? `, ${odd.toLocaleString('en')} of them unlike the others.`
          : ', each like the others of its environment.'}
      </p>
      <ul className={classes.groups} aria-label="Groups of equal databases">
        {groups.map(group => (
          <Group
            key={group.key}
            group={group}
            environment={environments.data?.find(one => one.id === group.environmentId)?.name ?? ''}
          />
        ))}
      </ul>
    </div>
  )
}

function Group({ group, environment }: { group: DatabaseGroup; environment: string }) {
  const [open, setOpen] = useState(group.odd && group.rows.length <= openAtFirst)
  return (
    <li>
      <button type="button" className={classes.head} aria-expanded={open} onClick={() => setOpen(!open)}>
        <Icon name={open ? 'chevronDown' : 'chevronRight'} size={14} />
        <StateBadge state={group.state} />
        <span className={classes.what}>
          {count(group.rows.length, 'database')} in {environment}
          {group.version ? (
            <>
              {' '}
              at <span className="mono">{group.version}</span>
            </>
          ) : (
            ' without changes'
          )}
        </span>
      </button>
      {open && <DatabaseTable rows={group.rows} without="Project" empty={null} />}
    </li>
  )
}
