import type { UseQueryResult } from '@tanstack/react-query'
import { useState } from 'react'
import type { Schemas } from '~/api/client'
import { messageOf } from '~/api/errors'
import { Commit } from '~/components/Commit'
import { FilterChips } from '~/components/FilterChips'
import { FileTable } from '~/components/git/FileTable'
import { PlanTable } from '~/components/git/PlanTable'
import { Loaded } from '~/components/Loaded'
import { MarkedSql } from '~/components/review/MarkedSql'
import { ReviewFindings } from '~/components/review/ReviewFindings'
import { EmptyState } from '~/ui/EmptyState'
import { Notice } from '~/ui/Notice'
import { count } from '~/util/str'

type Preview = Schemas['LinkPreview']

const nothing = (matched: number) =>
  matched > 0 ? (
    <EmptyState icon="check">Every matching file is in its databases.</EmptyState>
  ) : (
    <EmptyState icon="file">
      No file matches. The ignored files say why; change the template or the base directory until they fit.
    </EmptyState>
  )

/** States of files that need attention. */
const troubles = new Set([
  'conflict',
  'held',
  'unknown',
  'unusable',
  'no-target',
  'ambiguous',
  'refused',
  'unreachable',
  'foreign-ledger',
  'tampered',
  'restored',
  'blocked',
  'edited',
  'renamed',
  'moved',
  'missing',
])

interface LinkPreviewProps {
  query: UseQueryResult<Preview>
}

/** What a link would do with the real tree, if the values are valid. */
export function LinkPreview({ query }: LinkPreviewProps) {
  return (
    <section className="stack" aria-labelledby="preview" aria-busy={query.isFetching}>
      <div className="row">
        <h2 id="preview">Preview</h2>
        {query.data && <Commit hash={query.data.commit} />}
        <span className="muted small" role="status">
          {statusOf(query)}
        </span>
      </div>
      <Loaded query={query}>{preview => <Tree preview={preview} />}</Loaded>
    </section>
  )
}

/**
 * Old data stays during a refetch, and when it fails; a text says so, since not everybody can read
 * dimmed text.
 */
function statusOf(query: UseQueryResult<Preview>): string {
  if (query.isFetching) return 'Reading the repository …'
  if (query.data && query.error) return `This is the last preview. The new one failed: ${messageOf(query.error)}`
  return ''
}

function Tree({ preview }: { preview: Preview }) {
  const [shown, setShown] = useState<'matched' | 'trouble' | 'ignored'>('matched')
  const items = preview.plan.items.filter(item => item.state !== 'ignored')
  const trouble = items.filter(item => troubles.has(item.state))
  const ignored = preview.files.filter(file => file.state === 'ignored')
  const matched = preview.files.filter(file => file.state === 'matched')
  return (
    <div className="stack">
      {preview.plan.blocked && <Notice kind="warning">{preview.plan.blocked.text}</Notice>}
      <div className="row wrap">
        <FilterChips
          label="Files"
          options={[
            ['matched', count(matched.length, 'matching file')],
            ['trouble', `${trouble.length} need attention`],
            ['ignored', count(ignored.length, 'ignored file')],
          ]}
          value={shown}
          onChange={setShown}
        />
        <span className="muted small">{leftOutOf(preview).join(' · ')}</span>
      </div>
      {shown === 'ignored' ? (
        <FileTable
          files={ignored}
          empty={<EmptyState icon="file">Every file below the base directory matches.</EmptyState>}
        />
      ) : (
        <PlanTable
          future
          items={shown === 'trouble' ? trouble : items}
          empty={
            shown === 'trouble' ? (
              <EmptyState icon="check">No files need attention.</EmptyState>
            ) : (
              nothing(matched.length)
            )
          }
        />
      )}
      {preview.review && <PreviewReview review={preview.review} texts={preview.texts} />}
    </div>
  )
}

/** What the SQL review says of the files that would run, beside the texts that the preview has read. */
function PreviewReview({ review, texts }: { review: Schemas['Review']; texts: Preview['texts'] }) {
  return (
    <ReviewFindings
      review={review}
      sqlOf={file => {
        const text = texts.find(one => one.path === file.path)
        return text && <MarkedSql file={file} sql={text.sql} />
      }}
    />
  )
}

/** How many files the lists below do not have, and why. */
function leftOutOf({ outside, excluded, moreFiles }: Preview): string[] {
  return [
    outside > 0 && `${count(outside, 'file')} outside the base directory`,
    excluded > 0 && count(excluded, 'excluded file'),
    moreFiles > 0 && `${count(moreFiles, 'more file')} not shown`,
  ].filter(words => words !== false)
}
