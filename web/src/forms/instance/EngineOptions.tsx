import { Select, Textarea, TextInput } from '@mantine/core'
import type { Schemas } from '~/api/client'
import { formErrors } from '~/api/errors'

interface EngineOptionsProps {
  options: Schemas['EngineOption'][]
  values: Record<string, string>
  /** The API's error, which may name an option. */
  failure: unknown
  onChange: (values: Record<string, string>) => void
}

/** More settings of an instance, as its engine describes them. An empty one uses its default. */
export function EngineOptions({ options, values, failure, onChange }: EngineOptionsProps) {
  const errors = formErrors(
    failure,
    options.map(one => `options.${one.key}`),
  ).fields
  return options.map(({ key, label, help, values: allowed, several }) => {
    const set = (value: string) => {
      const { [key]: _, ...rest } = values
      onChange(value ? { ...rest, [key]: value } : rest)
    }
    const field = { label, description: help, error: errors[`options.${key}`] }
    if (allowed && allowed.length > 0)
      return (
        <Select
          key={key}
          {...field}
          data={allowed}
          value={values[key] ?? allowed[0] ?? ''}
          onChange={value => set(value === allowed[0] ? '' : (value ?? ''))}
        />
      )
    const Field = several ? Textarea : TextInput
    return (
      <Field
        key={key}
        {...field}
        spellCheck={false}
        value={values[key] ?? ''}
        onChange={event => set(event.currentTarget.value)}
        {...(several ? { autosize: true, minRows: 2, maxRows: 12 } : {})}
      />
    )
  })
}
