import type { Schemas } from '~/api/client'
import { lockBar, measured } from '~/api/rehearsals'
import { type Column, QueryTable } from '~/table/QueryTable'
import { Notice } from '~/ui/Notice'
import { pb } from '~/util/path-builder'
import { count } from '~/util/str'
import { Link } from '../Link'
import { TimeAgo } from '../TimeAgo'
import classes from './Rehearsals.module.css'
import { SchemaDiff } from './SchemaDiff'

type Rehearsal = Schemas['Rehearsed']
type File = Schemas['RehearsedFile']

interface RehearsalsProps {
  project: string
  review: Schemas['BranchReviewDetail']
}

/** What servers did when they ran the files of a branch in scratch databases, or why they did not. */
export function Rehearsals({ project, review }: RehearsalsProps) {
  return (
    <section className="stack" aria-labelledby="rehearsal">
      <h2 id="rehearsal">Rehearsal</h2>
      {review.rehearsal === 'off' && (
        <p className="muted">
          Not rehearsed, because rehearsals are off. Turn them on in{' '}
          <Link to={pb.projectSettings(project)}>the project’s settings</Link> to see the locks that a server really
          takes.
        </p>
      )}
      {review.rehearsals.map(rehearsal => (
        <One key={rehearsal.databaseId} project={project} rehearsal={rehearsal} />
      ))}
    </section>
  )
}

function One({ project, rehearsal }: { project: string; rehearsal: Rehearsal }) {
  const where = `${rehearsal.environment}/${rehearsal.database}`
  if (rehearsal.state === 'wanted') {
    return <p className="muted">The files run in a scratch database with the schema of {where}.</p>
  }
  if (rehearsal.state === 'none') {
    return (
      <Notice kind="warning" title={`Not rehearsed with the schema of ${where}`}>
        {rehearsal.reason?.text} <Link to={pb.projectSettings(project)}>Settings of the project</Link>
      </Notice>
    )
  }
  const locks = rehearsal.files.flatMap(file => file.locks.map(lock => ({ file, lock })))
  const unseen = rehearsal.files.flatMap(file => file.statements.filter(one => one.unseen).map(one => ({ file, one })))
  return (
    <div className="stack">
      <p className="muted">
        On {rehearsal.server} with the schema of {where}, in {measured(rehearsal.seconds)}
        {rehearsal.endedAt && (
          <>
            , <TimeAgo at={rehearsal.endedAt} />
          </>
        )}
        . Its tables are nearly empty: the times say what is held together, not how long production takes.
      </p>
      <QueryTable
        label={`Files of the rehearsal with ${where}`}
        columns={fileColumns}
        rows={rehearsal.files}
        id={file => file.path}
        empty={null}
      />
      <QueryTable
        label={`Locks of the rehearsal with ${where}`}
        columns={lockColumns}
        rows={locks}
        id={({ file, lock }) => `${file.path} ${lock.table} ${lock.mode}`}
        empty={<p className="muted">No lock on a table that was there before keeps anybody out.</p>}
      />
      {unseen.length > 0 && (
        <ul className="stack tight small">
          {unseen.map(({ file, one }) => (
            <li key={`${file.path} ${one.line} ${one.column}`}>
              <span className="mono wrap-any">
                {file.path}:{one.line}
              </span>{' '}
              {one.unseen}
            </li>
          ))}
        </ul>
      )}
      <SchemaDiff diff={rehearsal.schema} />
    </div>
  )
}

const states: Record<File['state'], string> = {
  done: 'ran',
  failed: 'failed',
  refused: 'runs in targets alone',
  skipped: 'not run, since an earlier file was not',
}

const fileColumns: Column<File>[] = [
  {
    title: 'File',
    cell: file => (
      <>
        <span className="mono wrap-any">{file.path}</span>
        {!file.own && <span className="muted small"> of the link’s branch</span>}
        {file.failure && <span className="small"> {file.failure.reason.text}</span>}
      </>
    ),
  },
  { title: 'Result', fit: true, cell: file => states[file.state] },
  { title: 'Statements', fit: true, number: true, wide: true, cell: file => file.statements.length + file.more },
  { title: 'Rows', fit: true, number: true, cell: file => file.rows.toLocaleString('en') },
  {
    title: 'Writes again',
    cell: file =>
      file.rewrites.length === 0 ? (
        <span className="muted">nothing</span>
      ) : (
        `${file.rewrites.join(', ')}${file.moreRewrites > 0 ? ` and ${count(file.moreRewrites, 'more table')}` : ''}`
      ),
  },
  { title: 'Took', fit: true, number: true, cell: file => measured(file.seconds) },
]

const lockColumns: Column<{ file: File; lock: Schemas['RehearsedLock'] }>[] = [
  { title: 'Table', cell: ({ lock }) => <span className="mono wrap-any">{lock.table || 'the whole database'}</span> },
  { title: 'Lock', fit: true, cell: ({ lock }) => <span className="mono">{lock.mode}</span> },
  {
    title: 'Taken at',
    wide: true,
    cell: ({ file, lock }) => (
      <span className="mono wrap-any small">
        {file.path}:{lock.line}
      </span>
    ),
  },
  { title: 'In the time of the file', wide: true, cell: ({ file, lock }) => <Bar file={file} lock={lock} /> },
  { title: 'Held for', fit: true, number: true, cell: ({ lock }) => measured(lock.held) },
]

/** Modes that keep readers out, on the servers that Towpath knows. */
const strong = ['AccessExclusiveLock', 'LOCK=EXCLUSIVE', 'EXCLUSIVE']

function Bar({ file, lock }: { file: File; lock: Schemas['RehearsedLock'] }) {
  const { from, width } = lockBar(file, lock)
  return (
    <span className={classes.track} aria-hidden>
      <span
        className={classes.bar}
        data-strong={strong.includes(lock.mode)}
        style={{ left: `${from * 100}%`, width: `${width * 100}%` }}
      />
    </span>
  )
}
