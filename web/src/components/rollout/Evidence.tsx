import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useMemo, useState } from 'react'
import type { Schemas } from '~/api/client'
import { byFile, type FileFindings, rolloutReviewQuery, unreviewed } from '~/api/findings'
import { taskQuery } from '~/api/queries'
import { pb } from '~/util/path-builder'
import { count, some } from '~/util/str'
import { Link } from '../Link'
import { Loaded } from '../Loaded'
import { FilePanel } from '../review/FilePanel'
import { MarkedSql } from '../review/MarkedSql'
import { SchemaDiff } from '../review/SchemaDiff'
import { Sizes } from '../review/Sizes'
import classes from './Evidence.module.css'
import { Forecast } from './Forecast'
import type { TaskFile, Waiting } from './files'

interface EvidenceProps {
  rollout: { id: string; projectId: string; review?: Schemas['ReviewCounts'] }
  environmentId: string
  waiting: Waiting
  /** The databases, and how they differ. */
  targets: ReactNode
  /** Whether it is open until somebody opens or closes it. */
  open: boolean
}

/** What a person decides about: the databases and how they differ, and each file with what is known of it. */
export function Evidence({ open, ...rest }: EvidenceProps) {
  const [chosen, setChosen] = useState<boolean>()
  const shown = chosen ?? open
  const { files, fileCount, databaseCount } = rest.waiting
  const labels = [...new Set(files.map(file => file.label))]
  return (
    <details className={classes.evidence} open={shown} onToggle={event => setChosen(event.currentTarget.open)}>
      <summary>
        {count(fileCount, 'file')} in {count(databaseCount, 'database')}: {some(labels)}
      </summary>
      {shown && <Body {...rest} />}
    </details>
  )
}

/** So many files are open at first. */
const openAtFirst = 3

/** So many files are shown at once. */
const most = 50

function Body({ rollout, environmentId, waiting, targets }: Omit<EvidenceProps, 'open'>) {
  const review = useQuery({ ...rolloutReviewQuery(rollout.id), enabled: rollout.review !== undefined })
  const reviewed = useMemo(
    () => review.data?.files.filter(file => file.environmentId === environmentId) ?? [],
    [review.data, environmentId],
  )
  const found = useMemo(() => byFile(reviewed), [reviewed])
  const [shown, setShown] = useState(most)
  const { files, fileCount, databaseCount } = waiting
  const hidden = files.length - shown
  return (
    <div className="stack tight">
      {targets}
      {files.slice(0, shown).map((file, index) => {
        const same = (one: { path: string; checksum: string }) =>
          one.path === file.path && one.checksum === file.checksum
        return (
          <FilePanel
            key={file.taskId}
            file={found.find(same) ?? unreviewed(file)}
            open={index < openAtFirst}
            sqlOf={findings => (
              <Text
                rollout={rollout.id}
                file={file}
                of={databaseCount}
                findings={findings}
                reviewed={reviewed.filter(same)}
              />
            )}
          />
        )
      })}
      {hidden > 0 && (
        <div>
          <Button variant="default" size="xs" onClick={() => setShown(shown + most)}>
            Show {Math.min(most, hidden)} more of {count(hidden, 'file')}
          </Button>
        </div>
      )}
      {fileCount > files.length && (
        <Link to={pb.rollout(rollout.id)}>See {count(fileCount - files.length, 'more file')} in the rollout</Link>
      )}
    </div>
  )
}

interface TextProps {
  /** Its id. */
  rollout: string
  file: TaskFile
  /** How many databases there are. */
  of: number
  findings: FileFindings
  reviewed: Schemas['ReviewedFile'][]
}

/** The text of a file, and what is known of what it does. */
function Text({ rollout, file, of, findings, reviewed }: TextProps) {
  const query = useQuery(taskQuery(rollout, file.taskId))
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
