import { Button, Checkbox, Select, Textarea, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { formErrors } from '~/api/errors'
import { branchesQuery } from '~/api/gitops-queries'
import type { useForm } from '~/hooks/use-form'
import { placeholderOf } from '~/util/variables'
import { Conventions } from './Conventions'
import type { Convention } from './conventions'
import { type LinkValues, templates } from './values'

interface LinkFieldsProps {
  form: Pick<ReturnType<typeof useForm<LinkValues>>, 'values' | 'set' | 'text' | 'choice' | 'fields'>
  grant: string
  repository: string
  /** Whose conventions the repository follows. */
  found: Convention[]
  /** Fills in several settings at once. */
  onFill: (settings: Partial<LinkValues>) => void
  /** The preview's errors about the values. */
  previewError: unknown
}

const mono = { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 13 }

const policies = [
  { value: 'hold', label: 'Hold them until someone releases them' },
  { value: 'apply', label: 'Apply them' },
  { value: 'refuse', label: 'Refuse them' },
]

const placeholders = [
  { value: 'none', label: 'None: run files as they are' },
  { value: 'flyway', label: `${placeholderOf('name')}, as in Flyway` },
  { value: 'goose', label: `${placeholderOf('name')}, where goose's ENVSUB is ON` },
]

const waiting = [
  { value: 'stopped', label: 'Stopped' },
  { value: 'successful', label: 'Successful' },
]

/** The settings of a link. */
export function LinkFields({ form, grant, repository, found, onFill, previewError }: LinkFieldsProps) {
  const branches = useQuery(branchesQuery(grant, repository))
  const wrong = formErrors(previewError, Object.keys(form.values)).fields
  const names = branches.data?.map(branch => branch.name) ?? []
  const options = names.includes(form.values.branch) || !form.values.branch ? names : [form.values.branch, ...names]
  const text = (name: 'baseDirectory' | 'filePathTemplate' | 'exclude' | 'schemaPathTemplate') => {
    const bound = form.text(name)
    return { ...bound, error: bound.error ?? wrong[name], spellCheck: false, className: 'grow' }
  }
  const branch = form.choice('branch')
  return (
    <>
      <Select
        label="Branch"
        description="Commits on this branch are rolled out."
        searchable
        data={options}
        nothingFoundMessage="No branch matches"
        {...branch}
        error={branch.error ?? wrong.branch}
      />
      <Conventions found={found} values={form.values} onTake={onFill} />
      <TextInput
        label="Base directory"
        description="Only files below it are read. Leave empty for the whole repository."
        placeholder="migrations"
        {...text('baseDirectory')}
      />
      <div className="stack tight">
        <Textarea
          label="File path template"
          description="Which files are migrations, and what their names mean. Requires {{VERSION}}; dots join several. Optional: {{ENV_ID}}, {{DB_NAME}}, {{ENGINE}}, {{TYPE}}, {{DESCRIPTION}}, * for any text, ** for any folders. Behind | are repeatable files, which run again when they change: R__{{DESCRIPTION}}.sql."
          styles={{ input: mono }}
          autosize
          onKeyDown={event => event.key === 'Enter' && event.preventDefault()}
          {...text('filePathTemplate')}
        />
        <div className="row wrap">
          {templates.map(template => (
            <Button
              key={template.value}
              size="compact-sm"
              variant="default"
              aria-pressed={form.values.filePathTemplate === template.value}
              onClick={() => form.set('filePathTemplate', template.value)}
            >
              {template.label}
            </Button>
          ))}
        </div>
      </div>
      <Textarea
        label="Excluded files"
        description="Files to leave out, one pattern a line: *.down.sql, seed/. Patterns know * for any text and ** for any folders."
        placeholder="*.down.sql"
        styles={{ input: mono }}
        autosize
        {...text('exclude')}
      />
      <Checkbox
        label="Take endings in upper and lower case"
        description="1__a.SQL is a migration like 1__a.sql."
        checked={form.values.anyCaseEndings}
        onChange={event => form.set('anyCaseEndings', event.currentTarget.checked)}
      />
      <Select
        label="Placeholders in files"
        description="They get the values of the environment's variables. A placeholder without a value holds its file."
        data={placeholders}
        allowDeselect={false}
        {...form.choice('placeholders')}
      />
      <TextInput
        label="Schema path template"
        description="Leave empty to turn off. Otherwise the schema after each change is committed to the repository."
        placeholder=".{{DB_NAME}}__LATEST.sql"
        {...text('schemaPathTemplate')}
      />
      <Select label="Versions older than what a database has" data={policies} {...form.choice('latePolicy')} />
      <Select
        label="Build status while a change waits for a person"
        description="Choose Successful where merging requires passing builds and a held change must not block it."
        data={waiting}
        {...form.choice('waitingStatus')}
      />
    </>
  )
}
