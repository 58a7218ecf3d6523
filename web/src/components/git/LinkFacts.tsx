import type { ReactNode } from 'react'
import type { Schemas } from '~/api/client'
import { Icon } from '~/ui/Icon'
import { pb } from '~/util/path-builder'
import { Commit } from '../Commit'
import { Link } from '../Link'
import { StateBadge } from '../StateBadge'
import { TimeAgo } from '../TimeAgo'

const policies: Record<Schemas['RepositoryLink']['latePolicy'], string> = {
  hold: 'held until somebody releases them',
  apply: 'applied',
  refuse: 'refused',
}

/** Everything about a link's health and settings. */
export function LinkFacts({ status }: { status: Schemas['LinkStatus'] }) {
  const { link, usage, rollout } = status
  return (
    <dl className="facts panel">
      <Fact name="Waits for">
        {status.waitsFor ? (
          <strong>{status.waitsFor}</strong>
        ) : rollout ? (
          'nothing: the rollout goes on'
        ) : (
          'the next push'
        )}
      </Fact>
      {status.lastError && (
        <Fact name="Last error">
          {status.lastError} Again <TimeAgo at={status.retryAt} />
        </Fact>
      )}
      {rollout && (
        <Fact name="Rollout">
          <Link to={pb.rollout(rollout.id)}>{rollout.message || 'Open rollout'}</Link>{' '}
          <StateBadge state={rollout.state} />
        </Fact>
      )}
      <Fact name="Head">
        <Commit hash={link.headCommit ?? ''} />
        {link.headCommit !== link.syncedCommit && ' (being read)'}
      </Fact>
      <Fact name="Synced">
        <Commit hash={link.syncedCommit ?? ''} /> <TimeAgo at={link.syncedAt} none="not yet" />
      </Fact>
      <Fact name="Webhook">
        <StateBadge state={link.hookState} /> {link.hookReason}
      </Fact>
      <Fact name="Last delivery">
        <TimeAgo at={link.lastDeliveryAt} />
      </Fact>
      <Fact name="Last poll">
        <TimeAgo at={link.lastPollAt} />, next <TimeAgo at={link.nextPollAt} />
      </Fact>
      <Fact name="Account">
        {status.grantBroken && <StateBadge state="attention" />} {status.grantName}
        {status.grantBroken && `: ${status.grantBroken}`}
      </Fact>
      <Fact name="Calls">
        {usage.used.toLocaleString('en')} of {usage.limit.toLocaleString('en')} in the last hour
        {usage.backoffUntil && (
          <>
            ; the provider asked to wait, on <TimeAgo at={usage.backoffUntil} />
          </>
        )}
      </Fact>
      <Settings link={link} />
    </dl>
  )
}

function Settings({ link }: { link: Schemas['RepositoryLink'] }) {
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
      <Fact name="Schema path template">
        {link.schemaPathTemplate ? <span className="mono">{link.schemaPathTemplate}</span> : 'off'}
      </Fact>
      <Fact name="Late versions">{policies[link.latePolicy]}</Fact>
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
