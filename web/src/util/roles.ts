/** The names of the workspace's roles. */
export const roleWords = { owner: 'Workspace Owner', dba: 'Workspace DBA', member: 'Workspace Member' } as const

/** Those that a service account may have. */
export const programRoles = { dba: roleWords.dba, member: roleWords.member } as const

/** The names of the roles whose consent a gate can ask for. */
export const approverWords = {
  owner: 'Workspace owners',
  dba: 'Workspace DBAs',
  'project-owner': 'Project owners',
  'project-developer': 'Project developers',
} as const

/** The names of a project's roles. */
export const projectRoleWords = { owner: 'Project Owner', developer: 'Project Developer' } as const
