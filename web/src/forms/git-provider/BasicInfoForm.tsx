import { TextInput } from '@mantine/core'
import type { FormEvent } from 'react'
import type { Schemas } from '~/api/client'
import { FormFrame } from '~/components/FormFrame'
import { Notice } from '~/ui/Notice'
import classes from './BasicInfoForm.module.css'

interface BasicInfoFormProps {
  types: Schemas['ProviderType'][]
  type: Schemas['ProviderType']
  instanceUrl: string
  displayName: string
  onType: (type: Schemas['ProviderType']) => void
  onInstanceUrl: (url: string) => void
  onDisplayName: (name: string) => void
  onNext: () => void
}

/** Step 1: the provider and its name here. */
export function BasicInfoForm({
  types,
  type,
  instanceUrl,
  displayName,
  onType,
  onInstanceUrl,
  onDisplayName,
  onNext,
}: BasicInfoFormProps) {
  const next = (event: FormEvent) => {
    event.preventDefault()
    if (displayName.trim() && (!type.addressLabel || instanceUrl.trim())) onNext()
  }
  return (
    <FormFrame onSubmit={next} busy={false} problem="" submit="Next">
      <fieldset className={classes.types}>
        <legend>Type</legend>
        {types.map(one => (
          <label key={one.type} className={classes.type}>
            <input type="radio" name="type" checked={one.type === type.type} onChange={() => onType(one)} />
            {one.name}
          </label>
        ))}
      </fieldset>
      {type.addressLabel ? (
        <TextInput
          label={type.addressLabel}
          type="url"
          placeholder="https://git.example.com"
          description="The address of its start page, as your browser shows it."
          value={instanceUrl}
          maxLength={300}
          required
          onChange={event => onInstanceUrl(event.currentTarget.value)}
        />
      ) : (
        <TextInput
          label="Instance URL"
          value={type.instanceUrl}
          readOnly
          description={`${type.name} has one address for everybody.`}
        />
      )}
      <TextInput
        label="Display name"
        description="Shown when people link a repository."
        value={displayName}
        maxLength={100}
        onChange={event => onDisplayName(event.currentTarget.value)}
        error={displayName.trim() ? undefined : 'Give the provider a name of 1 to 100 characters.'}
      />
      <Notice kind="info">{type.adminNotice}</Notice>
    </FormFrame>
  )
}
