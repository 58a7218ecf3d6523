import { Button } from '@mantine/core'
import { http, type Schemas, unwrap } from '~/api/client'
import { useWrite } from '~/hooks/use-write'
import { Notice, type NoticeKind } from '~/ui/Notice'
import { download } from '~/util/download'

type Made = Schemas['BaselineFile']

/** Writes the schema of a database as one migration, and says whether it makes the same schema. */
export function BaselineFile({ database }: { database: Schemas['Database'] }) {
  const write = useWrite({
    changes: { kind: 'database.changed', databaseId: database.id },
    run: () =>
      unwrap(http.POST('/api/v1/databases/{database}/baseline-file', { params: { path: { database: database.id } } })),
  })
  const made = write.data
  return (
    <section className="stack tight" aria-labelledby="baseline-file">
      <h2 id="baseline-file">Baseline file</h2>
      <p className="muted reading">
        The current schema as one migration, without rows, to begin a repository with. Where the project rehearses, it
        is tried in an empty scratch database first.
      </p>
      {made && <Outcome made={made} name={database.name} />}
      <div>
        <Button variant="default" loading={write.isPending} onClick={() => write.mutate()}>
          {made ? 'Write it again' : 'Write the file'}
        </Button>
      </div>
    </section>
  )
}

const words: Record<Made['state'], [NoticeKind, string]> = {
  proved: ['ok', 'The file makes the same schema'],
  unproved: ['warning', 'The file is not proved'],
  refuted: ['error', 'There is no file: it would not make this schema'],
}

function Outcome({ made, name }: { made: Made; name: string }) {
  const [kind, title] = words[made.state]
  const { sql, reason, differences, server } = made
  return (
    <>
      <Notice
        kind={kind}
        title={title}
        action={
          sql && (
            <Button size="compact-sm" onClick={() => download(`${name}.sql`, sql)}>
              Download {name}.sql
            </Button>
          )
        }
      >
        {reason ? reason.text : `It has run in an empty scratch database on ${server ?? 'its server'}.`}
      </Notice>
      {differences && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it
        <pre className="mono small" style={{ overflow: 'auto', maxHeight: '24rem' }} tabIndex={0}>
          {differences}
        </pre>
      )}
    </>
  )
}
