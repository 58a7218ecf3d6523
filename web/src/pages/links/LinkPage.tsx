import { Button } from '@mantine/core'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import type { Schemas } from '~/api/client'
import { filesQuery, linkQuery } from '~/api/gitops-queries'
import { FilterChips } from '~/components/FilterChips'
import { AcceptButton, AcceptEditedButton } from '~/components/git/AcceptButton'
import { Deliveries } from '~/components/git/Deliveries'
import { FileTable } from '~/components/git/FileTable'
import { LinkActions } from '~/components/git/LinkActions'
import { LinkFacts } from '~/components/git/LinkFacts'
import { PlanTable } from '~/components/git/PlanTable'
import { SkipFileButton } from '~/components/git/SkipFileButton'
import { WrittenHistories } from '~/components/git/WrittenHistories'
import { Loaded } from '~/components/Loaded'
import { Page } from '~/components/Page'
import { StateBadge } from '~/components/StateBadge'
import { useLinkCrumbs } from '~/hooks/use-link-crumbs'
import { useFilter, useParam } from '~/hooks/use-params'
import { EmptyState } from '~/ui/EmptyState'
import { Notice } from '~/ui/Notice'
import { shortHash } from '~/util/str'

/** One link: its health, its open files, and the deliveries of the provider. */
export default function LinkPage() {
  const project = useParam('project')
  const status = useQuery(linkQuery(useParam('link')))
  const crumbs = useLinkCrumbs(project)
  return (
    <Loaded query={status}>
      {data => (
        <Page
          title={data.repositoryName}
          crumbs={crumbs}
          beside={<StateBadge state={data.state} />}
          action={<LinkActions link={data} project={project} />}
        >
          {data.attentionReason && (
            <Notice kind="warning" title="This link needs attention">
              {data.attentionReason.text}
            </Notice>
          )}
          <WrittenHistories link={data} project={project} />
          <LinkFacts status={data} />
          <Files status={data} project={project} />
          <Deliveries link={data.id} project={project} />
        </Page>
      )}
    </Loaded>
  )
}

function Files({ status, project }: { status: Schemas['LinkStatus']; project: string }) {
  const [shown, setShown] = useFilter('files')
  const { plan, id } = status
  return (
    <section className="stack tight">
      <div className="row wrap">
        <h2>Files</h2>
        <AcceptEditedButton status={status} project={project} />
      </div>
      <FilterChips
        label="Files"
        options={[
          ['', `${plan.items.length + plan.moreItems} open`],
          ['matched', 'Matched'],
          ['ignored', `${plan.counts.ignored ?? 0} ignored`],
        ]}
        value={shown}
        onChange={setShown}
      />
      {shown === 'ignored' || shown === 'matched' ? (
        <>
          {shown === 'ignored' && (plan.counts.ignored ?? 0) > 0 && (
            <p className="wrap-any">
              To run one of these files, rename or move it to fit{' '}
              <span className="mono">{[status.baseDirectory, status.filePathTemplate].filter(Boolean).join('/')}</span>,
              and push.
            </p>
          )}
          <Listed link={id} state={shown} />
        </>
      ) : (
        <PlanTable
          items={plan.items}
          told={status.waitsFor?.text}
          action={item => (
            <>
              <AcceptButton item={item} link={id} project={project} />
              <SkipFileButton item={item} link={id} project={project} />
            </>
          )}
          empty={<NothingOpen status={status} />}
        />
      )}
    </section>
  )
}

/** What an empty plan says, which is nothing before the newest commit was compared. */
function NothingOpen({ status: { headCommit, syncedCommit, attentionReason } }: { status: Schemas['LinkStatus'] }) {
  if (syncedCommit && syncedCommit === headCommit)
    return <EmptyState icon="check">Every matching file is in its databases.</EmptyState>
  if (attentionReason) return <EmptyState icon="file">The files were not compared with the databases.</EmptyState>
  return (
    <EmptyState icon="file">
      Comparing {headCommit ? shortHash(headCommit) : 'the repository'} with the databases. What is to run appears here.
    </EmptyState>
  )
}

function Listed({ link, state }: { link: string; state: 'matched' | 'ignored' }) {
  const query = useInfiniteQuery(filesQuery(link, { state }))
  const files = query.data?.pages.flatMap(page => page.items) ?? []
  return (
    <>
      <FileTable files={files} empty={query.isPending ? null : <EmptyState icon="file">There are none.</EmptyState>} />
      {query.hasNextPage && (
        <div>
          <Button variant="default" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            Show more files
          </Button>
        </div>
      )}
    </>
  )
}
