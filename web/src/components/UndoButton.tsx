import { Button, Checkbox, Modal, Textarea } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { http, type Schemas, unwrap } from '~/api/client'
import { formErrors } from '~/api/errors'
import { byFile, saysSomething } from '~/api/findings'
import { undoQuery } from '~/api/queries'
import { useWrite } from '~/hooks/use-write'
import { Notice } from '~/ui/Notice'
import { pb } from '~/util/path-builder'
import { count } from '~/util/str'
import { Link } from './Link'
import { Loaded } from './Loaded'
import { FindingList } from './review/FilePanel'
import { ReviewCounts } from './review/ReviewCounts'

interface UndoButtonProps {
  database: Pick<Schemas['Database'], 'id' | 'name'>
}

/** Shows what would undo the newest version of a database, and orders it. */
export function UndoButton({ database }: UndoButtonProps) {
  const [opened, { open, close }] = useDisclosure()
  return (
    <>
      <Button variant="default" onClick={open}>
        Undo the newest version…
      </Button>
      <Modal
        opened={opened}
        onClose={close}
        size="lg"
        title={`Undo the newest version of ${database.name}?`}
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        <Look database={database} close={close} />
      </Modal>
    </>
  )
}

/** Reads what would run, while the dialog is open. */
function Look({ database, close }: UndoButtonProps & { close: () => void }) {
  const [corrected, setCorrected] = useState(false)
  const [why, setWhy] = useState('') // stays when another file is chosen
  const undo = useQuery(undoQuery(database.id, corrected))
  return (
    <div className="stack">
      {(corrected || undo.data?.correctable) && (
        <Checkbox
          label="Use the file that the branch has now"
          description="The branch has another one beside the version than when it was applied."
          checked={corrected}
          onChange={event => setCorrected(event.currentTarget.checked)}
        />
      )}
      <Loaded query={undo}>{data => <UndoForm {...{ database, undo: data, corrected, why, setWhy, close }} />}</Loaded>
    </div>
  )
}

interface UndoFormProps extends UndoButtonProps {
  undo: Schemas['UndoPreview']
  /** Whether the way back is the file that the branch has now. */
  corrected: boolean
  why: string
  setWhy: (why: string) => void
  close: () => void
}

function UndoForm({ database, undo, corrected, why, setWhy, close }: UndoFormProps) {
  const [despite, setDespite] = useState(false)
  const { migration, wayBack, file } = undo
  const write = useWrite({
    run: () =>
      unwrap(
        http.POST('/api/v1/databases/{database}/undo', {
          params: { path: { database: database.id } },
          body: {
            version: migration?.version ?? '',
            checksum: migration?.checksum ?? '',
            file: file?.checksum ?? '',
            why,
            corrected,
            despite,
          },
        }),
      ),
    done: () => `Version ${migration?.label} is undone when its turn comes.`,
    after: close,
    shows: error => trialFailure(error) !== '',
  })
  const failure = trialFailure(write.error)
  if (undo.refused || undo.taskId || !migration || !wayBack) return <Refused undo={undo} />
  return (
    <form
      className="stack"
      onSubmit={event => {
        event.preventDefault()
        write.mutate()
      }}
    >
      <p>
        This runs the way back of version {migration.label},{' '}
        {file ? `the file ${file.path}` : `from line ${undo.line} of ${migration.path}`}:
      </p>
      {undo.done > 0 && (
        <p>
          An earlier undo has done {count(undo.done, 'statement')} of it. This one goes on behind{' '}
          {undo.done === 1 ? 'it' : 'them'}.
        </p>
      )}
      <pre className="mono">{wayBack.text.trim()}</pre>
      {undo.review && <BackReview review={undo.review} />}
      {wayBack.truncated && <p className="muted">Only the beginning is shown.</p>}
      <Notice kind="warning">
        Where the project rehearses, it is tried in a scratch database first.{' '}
        {undo.oneByOne && 'Its statements run one by one, so a failure leaves those before it in place. '}
        {undo.waits && 'It waits until the environment lets it through. '}
        The file then stays undone until somebody releases it, changes it or removes it, and newer files wait.
      </Notice>
      <Textarea
        label="Why is it undone?"
        description="Kept in the database’s ledger and in the audit log."
        data-autofocus
        value={why}
        onChange={event => setWhy(event.currentTarget.value)}
      />
      {failure && (
        <>
          <Notice kind="warning" title="It failed in a scratch database">
            {failure}
          </Notice>
          <Checkbox
            label="Undo it anyway"
            checked={despite}
            onChange={event => setDespite(event.currentTarget.checked)}
          />
        </>
      )}
      <div className="row" style={{ justifyContent: 'flex-end' }}>
        <Button variant="default" onClick={close}>
          Cancel
        </Button>
        <Button
          type="submit"
          color="red"
          loading={write.isPending}
          disabled={!why.trim() || (failure !== '' && !despite)}
        >
          Undo version {migration.label}
        </Button>
      </div>
    </form>
  )
}

/** What a trial in a scratch database showed that refuses an order; empty for any other error. */
function trialFailure(error: unknown): string {
  return formErrors(error, ['despite']).fields.despite ?? ''
}

/** What the SQL review says of a way back. */
function BackReview({ review }: { review: Schemas['Review'] }) {
  const files = useMemo(() => byFile(review.files).filter(saysSomething), [review.files])
  if (review.state === 'failed') return <Notice kind="warning">Not reviewed: {review.reason?.text}</Notice>
  if (files.length === 0) return <p className="muted">The SQL review has no findings.</p>
  return (
    <section className="stack tight" aria-label="SQL review">
      <ReviewCounts review={review} />
      {files.map(file => (
        <FindingList key={file.path} file={file} />
      ))}
    </section>
  )
}

/** Why nothing can be undone now. */
function Refused({ undo }: Pick<UndoFormProps, 'undo'>) {
  if (undo.taskId && undo.rolloutId) {
    return (
      <Notice kind="info">
        Version {undo.migration?.label} is being undone.{' '}
        <Link to={pb.task(undo.rolloutId, undo.taskId)}>Open the task</Link>
      </Notice>
    )
  }
  return <Notice kind="info">{undo.refused?.text ?? 'The database has no version that can be undone.'}</Notice>
}
