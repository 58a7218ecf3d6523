import { useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import type { Schemas } from '~/api/client'
import { byFile, type FileFindings, rolloutReviewQuery, unreviewed } from '~/api/findings'
import { taskQuery } from '~/api/queries'
import { count, some } from '~/util/str'
import { Loaded } from '../Loaded'
import { FilePanel } from '../review/FilePanel'
import { MarkedSql } from '../review/MarkedSql'
import { SchemaDiff } from '../review/SchemaDiff'
import { Sizes } from '../review/Sizes'
import classes from './Evidence.module.css'
import { Forecast } from './Forecast'
import { filesOf, sumUp, type TaskFile } from './files'
import { Targets } from './Targets'

interface EvidenceProps {
  rollout: { id: string; projectId: string; review?: Schemas['ReviewCounts'] }
  environmentId: string
  /** What waits, in the order in which it runs. */
  tasks: Schemas['Task'][]
  /** Whether it is open until somebody opens or closes it. */
  open: boolean
}

/** What a person decides about: the databases and how they differ, and each file with what is known of it. */
export function Evidence({ open, ...rest }: EvidenceProps) {
  const [chosen, setChosen] = useState<boolean>()
  const shown = chosen ?? open
  const { files, databases, labels } = sumUp(rest.tasks)
  return (
    <details className={classes.evidence} open={shown} onToggle={event => setChosen(event.currentTarget.open)}>
      <summary>
        {count(files, 'file')} in {count(databases, 'database')}: {some(labels)}
      </summary>
      {shown && <Body {...rest} />}
    </details>
  )
}

/** So many files are open at first. */
const openAtFirst = 3

/** So many files are shown; the page of the rollout has the others. */
const most = 50

function Body({ rollout, environmentId, tasks }: Omit<EvidenceProps, 'open'>) {
  const review = useQuery({ ...rolloutReviewQuery(rollout.id), enabled: rollout.review !== undefined })
  const reviewed = useMemo(
    () => review.data?.files.filter(file => file.environmentId === environmentId) ?? [],
    [review.data, environmentId],
  )
  const found = useMemo(() => byFile(reviewed), [reviewed])
  const files = filesOf(tasks)
  const targets = new Set(tasks.map(task => task.databaseId))
  return (
    <div className="stack tight">
      <Targets project={rollout.projectId} ids={targets} />
      {files.slice(0, most).map((file, index) => {
        const same = (one: { path: string; checksum: string }) =>
          one.path === file.path && one.checksum === file.checksum
        return (
          <FilePanel
            key={file.task.id}
            file={found.find(same) ?? unreviewed(file)}
            open={index < openAtFirst}
            sqlOf={findings => (
              <Text file={file} of={targets.size} findings={findings} reviewed={reviewed.filter(same)} />
            )}
          />
        )
      })}
      {files.length > most && (
        <p className="muted">{count(files.length - most, 'more file')} on the page of the rollout.</p>
      )}
    </div>
  )
}

interface TextProps {
  file: TaskFile
  /** How many databases there are. */
  of: number
  findings: FileFindings
  reviewed: Schemas['ReviewedFile'][]
}

/** The text of a file, and what is known of what it does. */
function Text({ file, of, findings, reviewed }: TextProps) {
  const query = useQuery(taskQuery(file.task.rolloutId, file.task.id))
  return (
    <div className="stack tight">
      {file.recorded && <p>It is recorded in the ledger and does not run.</p>}
      {file.databases < of && <p className="muted">In {count(file.databases, 'database')} only.</p>}
      <Sizes files={reviewed} />
      <Loaded query={query} rows={2}>
        {({ sql, rehearsed }) => (
          <>
            {rehearsed && <Forecast rehearsed={rehearsed} />}
            {sql && <MarkedSql file={findings} sql={sql} />}
            {rehearsed && (
              <details>
                <summary>What its branch changes in the schema</summary>
                <SchemaDiff diff={rehearsed.schema} />
              </details>
            )}
          </>
        )}
      </Loaded>
    </div>
  )
}
