/** The workspace's roles as people say them. */
export const roleWords = { owner: 'Workspace Owner', dba: 'Workspace DBA', member: 'Workspace Member' } as const

/** A project's roles as people say them. */
export const projectRoleWords = { owner: 'Project Owner', developer: 'Project Developer' } as const
