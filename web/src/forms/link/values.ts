import type { Schemas } from '~/api/client'

/** A link's settings as the form has them. */
export interface LinkValues {
  branch: string
  baseDirectory: string
  filePathTemplate: string
  schemaPathTemplate: string
  latePolicy: Schemas['RepositoryLink']['latePolicy']
  waitingStatus: Schemas['RepositoryLink']['waitingStatus']
  existingFiles: '' | 'run' | 'baseline'
  baselineVersion: string
  polling: boolean
}

/** A layout that fits most repositories: a folder for each database, or for each environment. */
export const templates = [
  { label: 'A folder for each database', value: '{{DB_NAME}}/{{VERSION}}__{{TYPE}}__{{DESCRIPTION}}.sql' },
  {
    label: 'A folder for each environment and database',
    value: '{{ENV_ID}}/{{DB_NAME}}/{{VERSION}}__{{TYPE}}__{{DESCRIPTION}}.sql',
  },
  { label: 'One folder for all databases', value: '{{VERSION}}__{{TYPE}}__{{DESCRIPTION}}.sql' },
] as const

/** What the form begins with. */
export function defaults(branch: string): LinkValues {
  return {
    branch,
    baseDirectory: 'migrations',
    filePathTemplate: templates[0].value,
    schemaPathTemplate: '',
    latePolicy: 'hold',
    waitingStatus: 'stopped',
    existingFiles: '',
    baselineVersion: '',
    polling: false,
  }
}

/** The settings as the API takes them. */
export function specOf(grantId: string, repositoryId: string, values: LinkValues): Schemas['LinkSpec'] {
  const { existingFiles, baselineVersion, schemaPathTemplate, ...rest } = values
  const spec: Schemas['LinkSpec'] = { grantId, repositoryId, ...rest }
  if (schemaPathTemplate) spec.schemaPathTemplate = schemaPathTemplate
  if (existingFiles) spec.existingFiles = existingFiles
  if (existingFiles === 'baseline') spec.baselineVersion = baselineVersion
  return spec
}
