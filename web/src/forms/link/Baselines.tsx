import { Button, Checkbox, Select } from '@mantine/core'
import { useEffect, useRef, useState } from 'react'
import type { Schemas } from '~/api/client'
import { EmptyState } from '~/ui/EmptyState'
import { Notice } from '~/ui/Notice'
import { count } from '~/util/str'
import classes from './Baselines.module.css'
import { choiceOf, keyOf, optionsOf, recordedWord, shownWords, standingWord, wordContradiction } from './baseline-words'
import { byEnvironment, type Choice, doubtOf, standingOf } from './baselines'

type Database = Schemas['DatabaseBaseline']

interface BaselinesProps {
  preview: Schemas['LinkPreview']
  choices: Map<string, Choice>
  /** The server's refusals, by database. */
  refused: Map<string, string>
  onChoose: (chosen: Record<string, Choice>) => void
}

/** The baseline of each database over the existing files, which never run silently. */
export function Baselines({ preview, choices, refused, onChoose }: BaselinesProps) {
  const table = useRef<HTMLTableElement>(null)
  const first = [...refused.keys()][0]
  useEffect(() => {
    if (first) table.current?.querySelector<HTMLElement>(`[data-database="${CSS.escape(first)}"]`)?.focus()
  }, [first])
  const open = preview.databases.filter(database => database.versions.length > 0)
  const complete = preview.databases.filter(database => database.versions.length === 0 && database.hasLedger)
  const untouched = preview.databases.length - open.length - complete.length
  return (
    <section className="stack tight" aria-labelledby="baselines">
      <h2 id="baselines">What the databases already have</h2>
      {open.length > 0 ? (
        <>
          <p className="reading">
            {count(preview.versions.length, 'version')} {preview.versions.length === 1 ? 'is' : 'are'} in the
            repository. Say for each database which files have run there. They are recorded as applied and never run.
            Everything newer runs.
          </p>
          <table ref={table} className={classes.table} aria-label="What the databases already have">
            <thead>
              <tr>
                <th scope="col">Database</th>
                <th scope="col">What it shows</th>
                <th scope="col">What has run there</th>
              </tr>
            </thead>
            {[...byEnvironment(open)].map(([environment, databases]) => (
              <Environment key={environment} {...{ environment, databases, choices, refused, onChoose }} />
            ))}
          </table>
        </>
      ) : (
        <EmptyState icon="database">
          {preview.databases.length === 0
            ? 'The project has no databases yet. Assign some, and the files run there; one with tables and no record waits for a person.'
            : complete.length > 0
              ? 'Every database has a record of every file. There is nothing to choose.'
              : 'No file goes to a database of this project. Change the template, or assign the databases that it names.'}
        </EmptyState>
      )}
      {open.length > 0 && complete.length > 0 && (
        <p className="muted small">
          {count(complete.length, 'database')} {complete.length === 1 ? 'has' : 'have'} a record of every file.
        </p>
      )}
      {open.length > 0 && untouched > 0 && (
        <p className="muted small">
          {count(untouched, 'database')} {untouched === 1 ? 'gets' : 'get'} none of the files.
        </p>
      )}
    </section>
  )
}

/** How many databases of an environment are rendered at once. */
const step = 50

interface EnvironmentProps extends Omit<BaselinesProps, 'preview'> {
  environment: string
  databases: Database[]
}

function Environment({ environment, databases, choices, refused, onChoose }: EnvironmentProps) {
  const [drawn, setDrawn] = useState(step)
  const more = databases.length - drawn
  return (
    <tbody>
      <tr className={classes.group}>
        <th scope="rowgroup" colSpan={3}>
          {environment}
        </th>
      </tr>
      {databases.slice(0, drawn).map(database => (
        <Row
          key={database.databaseId}
          database={database}
          choice={choices.get(database.databaseId)}
          refusal={refused.get(database.databaseId)}
          onChoose={choice => onChoose({ [database.databaseId]: choice })}
        />
      ))}
      {more > 0 && (
        <tr>
          <td colSpan={3}>
            <Button size="compact-sm" variant="default" onClick={() => setDrawn(drawn + step)}>
              Show {Math.min(step, more)} more of {more}
            </Button>
          </td>
        </tr>
      )}
    </tbody>
  )
}

interface RowProps {
  database: Database
  choice: Choice | undefined
  refusal: string | undefined
  onChoose: (choice: Choice) => void
}

function Row({ database, choice, refusal, onChoose }: RowProps) {
  const name = `${database.environment}/${database.name}`
  const options = optionsOf(database)
  return (
    <tr data-database={database.databaseId} tabIndex={-1}>
      <th scope="row" className={classes.name}>
        {database.name}
      </th>
      <td>
        <div>{standingWord[standingOf(database)]}</div>
        {shownWords(database).map(words => (
          <div key={words} className="muted small">
            {words}
          </div>
        ))}
      </td>
      <td className={classes.choice}>
        <Select
          aria-label={`What has run in ${name}`}
          placeholder="Choose"
          searchable
          openOnFocus={false}
          limit={200}
          nothingFoundMessage="No version matches"
          data={options}
          value={choice ? keyOf(choice) : null}
          error={refusal}
          onChange={key => key !== null && onChoose(choiceOf(key))}
        />
        {choice && <Objection {...{ database, choice, refused: refusal !== undefined, onChoose }} />}
      </td>
    </tr>
  )
}

interface ObjectionProps {
  database: Database
  choice: Choice
  refused: boolean
  onChoose: (choice: Choice) => void
}

/** What a database shows against a choice, and the checkbox that keeps the choice anyway. */
function Objection({ database, choice, refused, onChoose }: ObjectionProps) {
  const doubt = doubtOf(database, choice)
  const covered = doubt?.covered ?? []
  const left = doubt?.left ?? []
  if (!doubt && !refused) return null
  return (
    <>
      {covered.length > 0 && (
        <Notice kind="warning" title={`Its tables do not fit version ${choice.version}`}>
          <List words={covered.map(wordContradiction)} more={doubt?.more ?? 0} />
        </Notice>
      )}
      {left.length > 0 && (
        <Notice kind="info" title="What runs will probably fail">
          <List words={left.map(wordContradiction)} more={covered.length > 0 ? 0 : (doubt?.more ?? 0)} />
        </Notice>
      )}
      {(covered.length > 0 || refused) && (
        <Checkbox
          label={recordedWord(choice.version, covered)}
          description="They are recorded without running. The audit log records your choice."
          checked={choice.despite}
          onChange={event => onChoose({ ...choice, despite: event.currentTarget.checked })}
        />
      )}
    </>
  )
}

function List({ words, more }: { words: string[]; more: number }) {
  return (
    <ul className={classes.list}>
      {words.map(word => (
        <li key={word}>{word}</li>
      ))}
      {more > 0 && <li>{count(more, 'more object')}</li>}
    </ul>
  )
}
