import { TextInput } from '@mantine/core'
import type { FormEvent } from 'react'
import type { Schemas } from '~/api/client'
import { FormFrame } from '~/components/FormFrame'
import { StateBadge } from '~/components/StateBadge'
import { Notice } from '~/ui/Notice'
import classes from './BasicInfoForm.module.css'

/** Providers of the roadmap. */
const coming = ['GitHub', 'GitLab', 'Gitea', 'Azure DevOps']

interface BasicInfoFormProps {
  types: Schemas['ProviderType'][]
  type: Schemas['ProviderType']
  displayName: string
  onType: (type: Schemas['ProviderType']) => void
  onDisplayName: (name: string) => void
  onNext: () => void
}

/** Step 1: which provider, and how it is called here. */
export function BasicInfoForm({ types, type, displayName, onType, onDisplayName, onNext }: BasicInfoFormProps) {
  const next = (event: FormEvent) => {
    event.preventDefault()
    if (displayName.trim()) onNext()
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
        {coming.map(name => (
          <label key={name} className={classes.type} data-disabled>
            <input type="radio" name="type" disabled />
            {name}
            <StateBadge state="coming" />
          </label>
        ))}
      </fieldset>
      <TextInput
        label="Instance URL"
        value={type.instanceUrl}
        readOnly
        description={`${type.name} has one address for everybody.`}
      />
      <TextInput
        label="Display name"
        description="How people of this workspace find it when they link a repository."
        value={displayName}
        maxLength={100}
        onChange={event => onDisplayName(event.currentTarget.value)}
        error={displayName.trim() ? undefined : 'Give the provider a name of 1 to 100 characters.'}
      />
      <Notice kind="info">{type.adminNotice}</Notice>
    </FormFrame>
  )
}
