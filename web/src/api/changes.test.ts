import { describe, expect, it } from 'vitest'
import { type ChangeEvent, touches } from './changes'

/** The queries of a console with two of each thing. */
const keys = [
  ['session'],
  ['sessions'],
  ['members'],
  ['environments'],
  ['environments', 'e1'],
  ['projects'],
  ['projects', 'p1'],
  ['projects', 'p1', 'members'],
  ['projects', 'p1', 'limits'],
  ['projects', 'p1', 'repository-links'],
  ['projects', 'p1', 'hook-removals'],
  ['projects', 'p2', 'repository-links'],
  ['instances', 'i1'],
  ['instances', 'i2'],
  ['databases', {}],
  ['databases', { project: 'p1' }],
  ['databases', { project: 'p2' }],
  ['databases', 'd1'],
  ['databases', 'd1', 'change-history'],
  ['databases', 'd2'],
  ['rollouts', {}],
  ['rollouts', { project: 'p2' }],
  ['rollouts', 'r1'],
  ['rollouts', 'r1', 'tasks', 't1'],
  ['rollouts', 'r2'],
  ['repository-links', 'l1'],
  ['repository-links', 'l1', 'deliveries'],
  ['repository-links', 'l1', 'files', {}],
  ['repository-links', 'l2'],
  ['git-providers'],
  ['git-providers', 'g1', 'grants'],
  ['git-provider-verifications', 'v1'],
  ['grants', 'a1', 'repositories'],
  ['preview', 'p1', {}],
  ['audit-events'],
]
const asked = (event: ChangeEvent) =>
  keys.filter(key => touches(event, key)).map(key => JSON.stringify(key).slice(1, -1))

describe('touches', () => {
  it('asks for a task’s rollout, and where its link stands', () =>
    expect(asked({ kind: 'task.changed', projectId: 'p1', linkId: 'l1', rolloutId: 'r1', taskId: 't1' })).toEqual([
      '"projects","p1","repository-links"',
      '"rollouts",{}',
      '"rollouts","r1"',
      '"rollouts","r1","tasks","t1"',
      '"repository-links","l1"',
    ]))

  it('asks for the list of projects after a rollout, which it shows', () =>
    expect(asked({ kind: 'rollout.created', projectId: 'p1', linkId: 'l1', rolloutId: 'r9' })).toEqual([
      '"projects"',
      '"projects","p1"',
      '"projects","p1","repository-links"',
      '"rollouts",{}',
      '"repository-links","l1"',
    ]))

  it('asks for a link’s deliveries after one, and not for its files', () =>
    expect(asked({ kind: 'delivery.received', projectId: 'p1', linkId: 'l1', subjectId: 'x' })).toEqual([
      '"projects","p1","repository-links"',
      '"repository-links","l1"',
      '"repository-links","l1","deliveries"',
    ]))

  it('asks for one database, and the lists that have it', () =>
    expect(asked({ kind: 'history.added', projectId: 'p1', databaseId: 'd1' })).toEqual([
      '"databases",{}',
      '"databases",{"project":"p1"}',
      '"databases","d1"',
      '"databases","d1","change-history"',
    ]))

  it.each([
    ['instance.changed', { subjectId: 'i1' }, ['"instances","i1"', '"databases",{}']],
    ['environment.changed', { subjectId: 'e1' }, ['"environments"', '"environments","e1"']],
    ['member.changed', { memberId: 'm1' }, ['"session"', '"members"', '"projects","p1","members"']],
    ['credential.created', { memberId: 'm1' }, ['"sessions"']],
    ['hook-removal.changed', { projectId: 'p1' }, ['"projects","p1","hook-removals"']],
    ['verification.changed', { subjectId: 'v1' }, ['"git-provider-verifications","v1"']],
    ['audit', {}, ['"audit-events"']],
  ])('%s', (kind, ids, first) => expect(asked({ kind, ...ids } as ChangeEvent)).toEqual(expect.arrayContaining(first)))

  it('asks for nothing after a sign-in elsewhere', () =>
    expect(asked({ kind: 'verification.changed', subjectId: 'v2' })).toEqual([]))

  it.each([{}, { kind: 'reset' }, { kind: 'of.tomorrow' }])('asks for all that is at hand after %j', event => {
    const found = asked(event as ChangeEvent)
    expect(found).toContain('"rollouts","r2"')
    expect(found).not.toContain('"grants","a1","repositories"')
    expect(found).not.toContain('"preview","p1",{}')
    expect(found).not.toContain('"session"')
  })
})
