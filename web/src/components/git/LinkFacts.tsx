import type { ReactNode } from 'react'
import type { Schemas } from '~/api/client'
import { Icon } from '~/ui/Icon'
import { readingWords } from '~/util/link-reading'
import { pb } from '~/util/path-builder'
import { placeholderOf } from '~/util/variables'
import { Commit } from '../Commit'
import { Link } from '../Link'
import { StateBadge } from '../StateBadge'
import { TimeAgo } from '../TimeAgo'
import classes from './LinkFacts.module.css'

const policies: Record<Schemas['RepositoryLink']['latePolicy'], string> = {
  hold: 'held until someone releases them',
  apply: 'applied',
  refuse: 'refused',
}

/** Everything about a link's health and settings. */
export function LinkFacts({ status }: { status: Schemas['LinkStatus'] }) {
  const { usage, rollout } = status
  return (
    <div className={`panel ${classes.frame}`}>
      <dl className={`facts ${classes.whole}`}>
        {status.reading && (
          <Fact name="Now">
            <strong role="status">{readingWords(status.reading)}</strong>
          </Fact>
        )}
        <Fact name="Waits for">
          {status.reading ? (
            'the repository'
          ) : status.waitsFor ? (
            <span style={{ whiteSpace: 'pre-wrap' }}>{status.waitsFor.text}</span>
          ) : rollout ? (
            'nothing: the rollout is running'
          ) : (
            'the next push'
          )}
        </Fact>
        {status.lastError && (
          <Fact name="Last error">
            {status.lastError.text} Next try <TimeAgo at={status.retryAt} />
          </Fact>
        )}
      </dl>
      <dl className="facts">
        {rollout && (
          <Fact name="Rollout">
            <Link to={pb.rollout(rollout.id)}>{rollout.message || 'Open rollout'}</Link>{' '}
            <StateBadge state={rollout.state} />
          </Fact>
        )}
        <Fact name="Head">
          <Commit hash={status.headCommit ?? ''} />
          {status.headCommit !== status.syncedCommit && ' (reading it now)'}
        </Fact>
        <Fact name="Synced">
          <Commit hash={status.syncedCommit ?? ''} /> <TimeAgo at={status.syncedAt} none="not yet" />
        </Fact>
        <Fact name="Webhook">
          <StateBadge state={status.hookState} /> {status.hookReason?.text}
        </Fact>
        <Fact name="Last delivery">
          <TimeAgo at={status.lastDeliveryAt} />
        </Fact>
        <Fact name="Last poll">
          <TimeAgo at={status.lastPollAt} />, next <TimeAgo at={status.nextPollAt} none="not yet known" />
        </Fact>
        <Fact name="Account">
          {status.grantBroken && <StateBadge state="attention" />} {status.grantName}
          {status.grantBroken && `: ${status.grantBroken.text}`}
        </Fact>
        <Fact name="Calls">
          {usage.used.toLocaleString('en')}
          {usage.limit > 0 && ` of ${usage.limit.toLocaleString('en')}`} in the last hour
          {usage.backoffUntil && (
            <>
              ; the provider asked us to wait, next call <TimeAgo at={usage.backoffUntil} />
            </>
          )}
        </Fact>
      </dl>
      <dl className="facts">
        <Settings link={status} />
      </dl>
    </div>
  )
}

function Settings({ link }: { link: Schemas['LinkStatus'] }) {
  return (
    <>
      <Fact name="Repository">
        <a href={link.repositoryUrl} target="_blank" rel="noreferrer">
          {link.repositoryName} <Icon name="external" size={12} />
        </a>
      </Fact>
      <Fact name="Branch">
        <span className="mono">{link.branch}</span>
      </Fact>
      <Fact name="Base directory">
        {link.baseDirectory ? <span className="mono">{link.baseDirectory}</span> : 'the whole repository'}
      </Fact>
      <Fact name="File path template">
        <span className="mono">{link.filePathTemplate}</span>
      </Fact>
      {link.exclude.length > 0 && (
        <Fact name="Excluded files">
          <span className="mono">{link.exclude.join(', ')}</span>
        </Fact>
      )}
      {link.anyCaseEndings && <Fact name="Endings">in upper and lower case</Fact>}
      <Fact name="Placeholders">
        {link.placeholders === 'none' ? 'none' : <span className="mono">{placeholderOf('name')}</span>}
        {link.placeholders === 'goose' && ', where goose’s ENVSUB is ON'}
      </Fact>
      <Fact name="Schema path template">
        {link.schemaPathTemplate ? <span className="mono">{link.schemaPathTemplate}</span> : 'off'}
      </Fact>
      <Fact name="Late versions">{policies[link.latePolicy]}</Fact>
      <Fact name="Status while waiting">{link.waitingStatus}</Fact>
      {link.baselinedUpTo && (
        <Fact name="Baseline">
          <span className="mono">{link.baselinedUpTo}</span>
        </Fact>
      )}
    </>
  )
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  )
}
