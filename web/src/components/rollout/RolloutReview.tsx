import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import type { Schemas } from '~/api/client'
import { type FileFindings, marksOf, rolloutReviewQuery } from '~/api/findings'
import { taskQuery } from '~/api/queries'
import { Loaded } from '../Loaded'
import { ReviewFindings } from '../review/ReviewFindings'
import { SqlBlock } from '../SqlBlock'

/** What the SQL review says of the files of a rollout, beside their texts. */
export function RolloutReview({ rollout }: { rollout: Schemas['RolloutDetail'] }) {
  const review = useQuery(rolloutReviewQuery(rollout.id))
  const tasks = rollout.stages.flatMap(stage => stage.tasks)
  return (
    <Loaded query={review} rows={2}>
      {data => (
        <ReviewFindings
          review={data}
          sqlOf={file => {
            const task = tasks.find(one => one.path === file.path && one.checksum === file.checksum)
            return task && <MarkedText task={task} file={file} />
          }}
        />
      )}
    </Loaded>
  )
}

/** The text of a file with marks at the lines of findings. It is read from one of its tasks. */
function MarkedText({ task, file }: { task: Schemas['Task']; file: FileFindings }) {
  const query = useQuery(taskQuery(task.rolloutId, task.id))
  const marks = useMemo(() => marksOf(file), [file])
  return (
    <Loaded query={query} rows={2}>
      {({ sql }) => (sql ? <SqlBlock label={file.path} sql={sql} marks={marks} /> : null)}
    </Loaded>
  )
}
