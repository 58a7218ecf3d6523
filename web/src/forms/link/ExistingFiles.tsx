import { Select } from '@mantine/core'
import type { useForm } from '~/hooks/use-form'
import { count } from '~/util/str'
import type { LinkValues } from './values'

interface ExistingFilesProps {
  form: Pick<ReturnType<typeof useForm<LinkValues>>, 'values' | 'set' | 'fields'>
  versions: string[]
}

/** What becomes of files that match already: they are never run in silence. */
export function ExistingFiles({ form, versions }: ExistingFilesProps) {
  const choose = (value: LinkValues['existingFiles']) => {
    form.set('existingFiles', value)
    if (value === 'baseline' && !form.values.baselineVersion) form.set('baselineVersion', versions.at(-1) ?? '')
  }
  const chosen = form.values.existingFiles
  return (
    <fieldset className="panel stack tight" style={{ margin: 0 }}>
      <legend style={{ fontWeight: 500 }}>
        {count(versions.length, 'version')} {versions.length === 1 ? 'is' : 'are'} there already
      </legend>
      <label className="row">
        <input type="radio" name="existingFiles" checked={chosen === 'baseline'} onChange={() => choose('baseline')} />
        The databases have them already, up to a version: record them, run nothing
      </label>
      {chosen === 'baseline' && (
        <Select
          label="Newest version that the databases have"
          searchable
          data={versions.toReversed()}
          value={form.values.baselineVersion}
          error={form.fields.baselineVersion}
          onChange={value => form.set('baselineVersion', value ?? '')}
          style={{ marginLeft: 24 }}
        />
      )}
      <label className="row">
        <input type="radio" name="existingFiles" checked={chosen === 'run'} onChange={() => choose('run')} />
        The databases do not have them: run what each one lacks
      </label>
      {form.fields.existingFiles && <span style={{ color: 'var(--bad)' }}>{form.fields.existingFiles}</span>}
    </fieldset>
  )
}
