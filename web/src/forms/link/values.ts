import type { Schemas } from '~/api/client'
import type { Choice } from './baselines'

/** A link's settings as the form has them. */
export interface LinkValues {
  branch: string
  baseDirectory: string
  filePathTemplate: string
  schemaPathTemplate: string
  latePolicy: Schemas['RepositoryLink']['latePolicy']
  waitingStatus: Schemas['RepositoryLink']['waitingStatus']
  /** What a person has said of single databases, by their ids. */
  choices: Record<string, Choice>
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
    choices: {},
    polling: false,
  }
}

/** The settings as the API takes them, without the choice for existing files. */
export function specOf(grantId: string, repositoryId: string, values: LinkValues): Schemas['LinkSpec'] {
  const { choices: _, schemaPathTemplate, ...rest } = values
  return { grantId, repositoryId, ...rest, ...(schemaPathTemplate ? { schemaPathTemplate } : {}) }
}

/** The settings with what each database has already. Without a choice its record decides, or it holds. */
export function withBaselines(spec: Schemas['LinkSpec'], baselines: Schemas['BaselineChoice'][]): Schemas['LinkSpec'] {
  return { ...spec, existingFiles: 'run', ...(baselines.length > 0 ? { baselines } : {}) }
}
