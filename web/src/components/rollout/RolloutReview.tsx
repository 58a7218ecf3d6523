import { useQuery } from '@tanstack/react-query'
import type { Schemas } from '~/api/client'
import { type FileFindings, rolloutReviewQuery } from '~/api/findings'
import { taskQuery } from '~/api/queries'
import { Loaded } from '../Loaded'
import { MarkedSql } from '../review/MarkedSql'
import { ReviewFindings } from '../review/ReviewFindings'

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
            return task && <TaskText task={task} file={file} />
          }}
        />
      )}
    </Loaded>
  )
}

/** The text of a file, read from one of its tasks. */
function TaskText({ task, file }: { task: Schemas['Task']; file: FileFindings }) {
  const query = useQuery(taskQuery(task.rolloutId, task.id))
  return (
    <Loaded query={query} rows={2}>
      {({ sql }) => (sql ? <MarkedSql file={file} sql={sql} /> : null)}
    </Loaded>
  )
}
