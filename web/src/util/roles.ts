/** The names of the workspace's roles. */
export const roleWords = { owner: 'Workspace Owner', dba: 'Workspace DBA', member: 'Workspace Member' } as const

/** The names of a project's roles. */
export const projectRoleWords = { owner: 'Project Owner', developer: 'Project Developer' } as const
