import { useQuery } from '@tanstack/react-query'
import { can } from '~/api/can'
import { http, type Schemas, unwrap } from '~/api/client'
import { pausesQuery, sessionQuery } from '~/api/queries'
import { useWrite } from '~/hooks/use-write'
import { Notice } from '~/ui/Notice'
import { ConfirmButton } from './ConfirmButton'
import { TimeAgo } from './TimeAgo'
import { WhyButton } from './WhyButton'

type Scope = Schemas['Pause']['scope']

/** What can be paused. */
export interface PauseSubject {
  scope: Scope
  /** Empty for everything. */
  id: string
  /** As in "Pause …?". */
  what: string
}

const everything: PauseSubject = { scope: 'all', id: '', what: 'all changes' }

function pause({ scope, id }: PauseSubject, why: string): Promise<unknown> {
  const body = { why }
  switch (scope) {
    case 'all':
      return unwrap(http.PUT('/api/v1/pause', { body }))
    case 'database':
      return unwrap(http.PUT('/api/v1/databases/{database}/pause', { params: { path: { database: id } }, body }))
    case 'rollout':
      return unwrap(http.PUT('/api/v1/rollouts/{rollout}/pause', { params: { path: { rollout: id } }, body }))
  }
}

function resume(scope: Scope, id: string): Promise<unknown> {
  switch (scope) {
    case 'all':
      return unwrap(http.DELETE('/api/v1/pause'))
    case 'database':
      return unwrap(http.DELETE('/api/v1/databases/{database}/pause', { params: { path: { database: id } } }))
    case 'rollout':
      return unwrap(http.DELETE('/api/v1/rollouts/{rollout}/pause', { params: { path: { rollout: id } } }))
  }
}

const changes = { kind: 'pause.changed' } as const

/** Pauses something. What runs may finish. */
export function PauseButton({ of }: { of: PauseSubject }) {
  return (
    <WhyButton
      verb="Pause"
      label={of.scope === 'all' ? 'Pause all changes…' : 'Pause…'}
      title={`Pause ${of.what}?`}
      shown="Shown to everybody who waits for this."
      optional
      asks="Reason (optional)"
      run={why => pause(of, why)}
      done={() => `Paused ${of.what}.`}
    >
      Nothing starts until somebody resumes. What runs now finishes.
    </WhyButton>
  )
}

/** Says that something is paused, by whom and why. */
export function PauseNotice({ pause, mayResume }: { pause: Schemas['Pause']; mayResume: boolean }) {
  const what = titles[pause.scope](pause)
  const end = useWrite({
    changes,
    run: () => resume(pause.scope, pause.subjectId ?? ''),
    done: () => `Resumed ${what}.`,
  })
  return (
    <Notice
      kind="warning"
      title={`${what.charAt(0).toUpperCase()}${what.slice(1)} ${pause.scope === 'rollout' ? 'is' : 'are'} paused`}
      action={
        mayResume && (
          <ConfirmButton title={`Resume ${what}?`} verb="Resume" loading={end.isPending} onConfirm={() => end.mutate()}>
            What waits for this starts at once.
          </ConfirmButton>
        )
      }
    >
      {pause.name || 'A former member'} paused <TimeAgo at={pause.at} />
      {pause.why ? `: ${pause.why}` : '.'}
    </Notice>
  )
}

const titles: Record<Scope, (pause: Schemas['Pause']) => string> = {
  all: () => 'all changes',
  database: pause => `changes of ${pause.subject ?? 'a database'}`,
  rollout: () => 'this rollout',
}

/** On every page: that everything is paused, and the way out. */
export function PausedBanner() {
  const pauses = useQuery(pausesQuery)
  const session = useQuery(sessionQuery)
  const all = pauses.data?.items.find(one => one.scope === 'all')
  if (!all) return null
  return (
    <div style={{ marginBottom: 16 }}>
      <PauseNotice pause={all} mayResume={can(session.data, 'instances.manage')} />
    </div>
  )
}

/** Pauses everything; nothing while that is paused, or for people who may not. */
export function PauseAll() {
  const pauses = useQuery(pausesQuery)
  const session = useQuery(sessionQuery)
  const paused = pauses.data?.items.some(one => one.scope === 'all')
  if (!pauses.data || paused || !can(session.data, 'instances.manage')) return null
  return <PauseButton of={everything} />
}
