import { Checkbox } from '@mantine/core'
import { Notice } from '~/ui/Notice'
import { count } from '~/util/str'
import classes from './Baselines.module.css'
import {
  contradictedOf,
  type Histories as Found,
  type Standing,
  standingOf,
  toolsOf,
  usableOf,
  verdictWord,
  wordsOf,
} from './histories'

type Database = Found['databases'][number]

interface HistoriesProps {
  histories: Found
  chosen: boolean
  /** Ids of databases in which contradicted files count as applied too. */
  despite: string[]
  /** The kinds of files to record that no history names. */
  record: Standing[]
  onChoose: (chosen: boolean) => void
  onDespite: (despite: string[]) => void
  onRecord: (record: Standing[]) => void
}

/** What another migration tool has applied to each database, and whether to record it. */
export function Histories(props: HistoriesProps) {
  const { histories, chosen, despite, onChoose, onDespite } = props
  const usable = usableOf(histories)
  const rest = histories.databases.filter(database => !usable.includes(database))
  const tools = toolsOf(usable.length > 0 ? usable : rest)
  return (
    <section className="stack tight" aria-labelledby="histories">
      <h2 id="histories">What {tools || 'another tool'} has applied</h2>
      {usable.length > 0 && (
        <>
          <Checkbox
            label={`Record what ${tools} has applied (recommended)`}
            description="Nothing of it runs again, and its own table stays as it is. Stop the tool first. Clear this to choose a version for each database."
            checked={chosen}
            onChange={event => onChoose(event.currentTarget.checked)}
          />
          <table className={classes.table} aria-label={`What ${tools} has applied`}>
            <thead>
              <tr>
                <th scope="col">Database</th>
                <th scope="col">Table</th>
                <th scope="col">Files</th>
              </tr>
            </thead>
            <tbody>
              {usable.map(database => (
                <Row key={database.databaseId} database={database} />
              ))}
            </tbody>
          </table>
          {chosen &&
            contradictedOf(usable).map(database => (
              <Contradicted
                key={database.databaseId}
                database={database}
                checked={despite.includes(database.databaseId)}
                onCheck={on =>
                  onDespite(on ? [...despite, database.databaseId] : despite.filter(id => id !== database.databaseId))
                }
              />
            ))}
          {chosen && <Standings {...props} databases={usable} />}
          <Differences histories={histories} databases={usable} />
        </>
      )}
      {rest.map(database => (
        <p key={database.databaseId} className="muted small">
          {nameOf(database)}: {restWords(database)}
          {chosen && !database.code && ' Nothing is recorded there.'}
        </p>
      ))}
    </section>
  )
}

const nameOf = (database: Database) => `${database.environment}/${database.name}`

function restWords(database: Database): string {
  if (database.problem) return database.problem.text
  const table = `${database.tools.join(' or ')} has ${count(database.rows, 'migration')} in ${database.table}`
  return database.code
    ? `${table}. They are code, so choose a version below.`
    : `${table}, and none of them is one of these files.`
}

function Row({ database }: { database: Database }) {
  return (
    <tr>
      <th scope="row" className={classes.name}>
        {nameOf(database)}
      </th>
      <td>
        {database.tools.join(' or ')}: {database.table}
      </td>
      <td className={classes.choice}>
        {wordsOf(database).map(words => (
          <div key={words}>{words}</div>
        ))}
      </td>
    </tr>
  )
}

/** Whether to record the files that no history names, a checkbox for each kind. */
function Standings({ databases, record, onRecord }: HistoriesProps & { databases: Database[] }) {
  const box = (kind: Standing, label: string, description: string) =>
    standingOf(databases, kind) > 0 && (
      <Checkbox
        label={label}
        description={description}
        checked={record.includes(kind)}
        onChange={event =>
          onRecord(event.currentTarget.checked ? [...record, kind] : record.filter(one => one !== kind))
        }
      />
    )
  return (
    <>
      {box(
        'stands',
        `Record also ${count(standingOf(databases, 'stands'), 'file')} that no history names (recommended)`,
        'The tables, columns and indexes they make are all there, so they would fail if they ran.',
      )}
      {box(
        'partly',
        `Record also ${count(standingOf(databases, 'partly'), 'file')} whose data or code nobody can see`,
        'Their tables are there, and they change more than tables. Check the databases before you choose this.',
      )}
    </>
  )
}

interface ContradictedProps {
  database: Database
  checked: boolean
  onCheck: (checked: boolean) => void
}

/** The files that the catalog contradicts, and the checkbox that records them anyway. */
function Contradicted({ database, checked, onCheck }: ContradictedProps) {
  const files = database.files.filter(file => file.verdict === 'contradicted')
  return (
    <>
      <Notice kind="warning" title={`${nameOf(database)} does not fit its history`}>
        <ul className={classes.list}>
          {files.slice(0, 10).map(file => (
            <li key={file.path}>
              <span className="mono">{file.path}</span>:{' '}
              {file.against.map(one => `${one.there ? 'still has' : 'has no'} ${one.object}`).join(', ')}
            </li>
          ))}
        </ul>
      </Notice>
      <Checkbox
        label={`Record them in ${nameOf(database)} anyway`}
        description="They are recorded without running. Or correct the database, and look again."
        checked={checked}
        onChange={event => onCheck(event.currentTarget.checked)}
      />
    </>
  )
}

/** The files about which the databases differ. */
function Differences({ histories, databases }: { histories: Found; databases: Database[] }) {
  if (histories.differences.length === 0) return null
  return (
    <details>
      <summary>
        The databases differ in {count(histories.differences.length + histories.moreDifferences, 'file')}
      </summary>
      <table className={classes.table} aria-label="Files about which the databases differ">
        <thead>
          <tr>
            <th scope="col">File</th>
            {databases.map(database => (
              <th key={database.databaseId} scope="col">
                {nameOf(database)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {histories.differences.slice(0, 100).map(({ path, verdicts }) => (
            <tr key={path}>
              <th scope="row" className={classes.path}>
                {path}
              </th>
              {databases.map(database => {
                const verdict = verdicts[database.databaseId] as keyof typeof verdictWord | undefined
                return (
                  <td key={database.databaseId} data-label={nameOf(database)}>
                    {verdict ? verdictWord[verdict] : '–'}
                  </td>
                )
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  )
}
