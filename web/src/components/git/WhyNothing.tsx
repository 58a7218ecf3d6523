import { TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import type { Schemas } from '~/api/client'
import { filesQuery, linkQuery } from '~/api/gitops-queries'
import { Icon, type IconName } from '~/ui/Icon'
import { readingWords } from '~/util/link-reading'
import { pb } from '~/util/path-builder'
import { headingOf } from '~/util/standing'
import { count } from '~/util/str'
import { Commit } from '../Commit'
import { Link } from '../Link'
import { Loaded } from '../Loaded'
import { StateBadge } from '../StateBadge'
import { TimeAgo } from '../TimeAgo'

interface WhyNothingProps {
  link: string
  name: string
  project: string
  /** Whether the project has other links, so that the heading must name this one. */
  several: boolean
}

/**
 * The state of a link: the last push, the synced commit, what was ignored, and what waits for whom.
 */
export function WhyNothing({ link, name, project, several }: WhyNothingProps) {
  const status = useQuery(linkQuery(link))
  return (
    <section className="panel stack tight">
      <Loaded query={status} rows={3}>
        {data => (
          <>
            <h2>
              {several && `${name}: `}
              {headingOf(data)}
            </h2>
            <ul className="stack tight" style={{ padding: 0, listStyle: 'none' }} aria-label={`State of ${name}`}>
              <Answers status={data} project={project} />
            </ul>
            <FileQuestion link={link} plan={data.plan} />
          </>
        )}
      </Loaded>
    </section>
  )
}

function Answers({ status, project }: { status: Schemas['LinkStatus']; project: string }) {
  const { rollout, plan } = status
  const behind = Boolean(status.headCommit) && status.headCommit !== status.syncedCommit
  const ignored = plan.counts.ignored ?? 0
  const unhappy = new Set(plan.items.map(item => item.path)).size
  return (
    <>
      <Answer icon={status.reading ? 'refresh' : status.waitsFor ? 'hand' : 'check'}>
        <span style={{ whiteSpace: 'pre-wrap' }}>
          {(status.reading ? `${readingWords(status.reading)}.` : status.waitsFor?.text) ||
            (rollout
              ? 'It continues on its own.'
              : unhappy > 0
                ? 'Nothing is waiting.'
                : 'Nothing to do: every matching file is in its databases.')}
        </span>
        {status.lastError && <div className="muted small">{status.lastError.text}</div>}
      </Answer>
      {rollout && (
        <Answer icon="rollout">
          <Link to={pb.rollout(rollout.id)}>{rollout.message || 'A rollout'}</Link> <StateBadge state={rollout.state} />
        </Answer>
      )}
      <Answer icon="webhook">
        Last webhook delivery <TimeAgo at={status.lastDeliveryAt} />, last check of the branch{' '}
        <TimeAgo at={status.lastPollAt} />, next one <TimeAgo at={status.nextPollAt} none="not yet known" />.
      </Answer>
      <Answer icon="commit">
        Newest commit seen on <span className="mono">{status.branch}</span>: <Commit hash={status.headCommit ?? ''} />
        {behind ? ' (reading it now).' : '. The databases are compared with it.'}
      </Answer>
      {ignored > 0 && (
        <Answer icon="file">
          <Link to={pb.link(project, status.id)} search={{ files: 'ignored' }}>
            {count(ignored, 'file')} {ignored === 1 ? 'is' : 'are'} ignored
          </Link>
          , each with its reason.
        </Answer>
      )}
      {unhappy > 0 && (
        <Answer icon="alert">
          <Link to={pb.link(project, status.id)}>
            {count(unhappy, 'file')}
            {plan.moreItems > 0 && ' or more'}
          </Link>{' '}
          {unhappy === 1 ? 'differs' : 'differ'} from what the databases have.
        </Answer>
      )}
    </>
  )
}

function Answer({ icon, children }: { icon: IconName; children: ReactNode }) {
  return (
    <li className="row" style={{ alignItems: 'flex-start' }}>
      <span className="muted" style={{ lineHeight: '18px' }}>
        <Icon name={icon} />
      </span>
      <span className="grow wrap-any">{children}</span>
    </li>
  )
}

interface FileQuestionProps {
  link: string
  plan: Schemas['LinkStatus']['plan']
}

/** Looks up the state of one file, in each of its databases. */
function FileQuestion({ link, plan }: FileQuestionProps) {
  const [path, setPath] = useState('')
  const [asked] = useDebouncedValue(path.trim(), 300)
  const answer = useInfiniteQuery({ ...filesQuery(link, { path: asked }), enabled: asked !== '' })
  const file = answer.data?.pages[0]?.items[0]
  const open = plan.items.filter(item => item.path === asked)
  return (
    <div className="stack tight">
      <TextInput
        label="Look up a file"
        placeholder="migrations/shop/5__ddl__add_phone.sql"
        value={path}
        onChange={event => setPath(event.currentTarget.value)}
        spellCheck={false}
        className="narrow"
      />
      {asked && file && (
        <div className="stack tight" role="status">
          {open.map(item => (
            <FileState key={item.databaseId ?? ''} state={item.state} reason={item.reason}>
              {item.database && item.environment ? `${item.database} in ${item.environment}. ` : ''}
            </FileState>
          ))}
          {open.length === 0 && <FileState state={settled(file, plan)} reason={file.reason} />}
        </div>
      )}
    </div>
  )
}

/** The state of a file for which the plan has nothing open. */
function settled(file: Schemas['ManifestFile'], plan: FileQuestionProps['plan']) {
  return file.state === 'matched' && !file.reason && plan.moreItems === 0 ? 'applied' : file.state
}

function FileState({
  state,
  reason,
  children,
}: {
  state: string
  reason?: Schemas['Reason'] | undefined
  children?: ReactNode
}) {
  return (
    <div className="row wrap">
      <StateBadge state={state} />
      <span>
        {children}
        {reason?.text}
      </span>
    </div>
  )
}
