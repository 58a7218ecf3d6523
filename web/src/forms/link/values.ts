import type { Schemas } from '~/api/client'
import type { Choice } from './baselines'

/** A link's settings in the form. */
export interface LinkValues {
  branch: string
  baseDirectory: string
  filePathTemplate: string
  /** Patterns of files to ignore, one in each line. */
  exclude: string
  anyCaseEndings: boolean
  placeholders: Schemas['RepositoryLink']['placeholders']
  schemaPathTemplate: string
  latePolicy: Schemas['RepositoryLink']['latePolicy']
  waitingStatus: Schemas['RepositoryLink']['waitingStatus']
  /** A person's choices for single databases, by id. */
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

/** The initial values of the form. */
export function defaults(branch: string): LinkValues {
  return {
    branch,
    baseDirectory: 'migrations',
    filePathTemplate: templates[0].value,
    exclude: '',
    anyCaseEndings: false,
    placeholders: 'none',
    schemaPathTemplate: '',
    latePolicy: 'hold',
    waitingStatus: 'stopped',
    choices: {},
    polling: false,
  }
}

/** The settings in the API's format, without the choice for existing files. */
export function specOf(grantId: string, repositoryId: string, values: LinkValues): Schemas['LinkSpec'] {
  const { choices: _, exclude, schemaPathTemplate, ...rest } = values
  const patterns = patternsOf(exclude)
  return {
    grantId,
    repositoryId,
    ...rest,
    ...(patterns.length > 0 ? { exclude: patterns } : {}),
    ...(schemaPathTemplate ? { schemaPathTemplate } : {}),
  }
}

/** The patterns in the lines of a text. */
export function patternsOf(text: string): string[] {
  return text
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '')
}

/** The settings with the baselines. A database without a choice follows its record, or holds. */
export function withBaselines(spec: Schemas['LinkSpec'], baselines: Schemas['BaselineChoice'][]): Schemas['LinkSpec'] {
  return { ...spec, existingFiles: 'run', ...(baselines.length > 0 ? { baselines } : {}) }
}
