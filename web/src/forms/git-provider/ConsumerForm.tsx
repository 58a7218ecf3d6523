import { Button, PasswordInput, TextInput } from '@mantine/core'
import type { Schemas } from '~/api/client'
import { FormFrame } from '~/components/FormFrame'
import { useForm } from '~/hooks/use-form'
import { leadTo, openEmpty, shut } from '~/stores/sign-in-window'
import { AddressMismatch } from './AddressMismatch'
import { addressProblem } from './instructions'

/** The values copied from the provider's page. */
export interface Credentials {
  applicationId: string
  secret: string
}

interface ConsumerFormProps {
  type: Schemas['ProviderType']
  initial: Credentials
  /** Starts the verification through the API. */
  start: (credentials: Credentials) => Promise<Schemas['Verification']>
  /** Opens the page of the verification. */
  onStarted: (verification: Schemas['Verification'], credentials: Credentials) => void
  onBack?: () => void
}

/**
 * Step 2: key and secret. Next opens the sign-in window in the click handler and then checks the
 * credentials.
 */
export function ConsumerForm({ type, initial, start, onStarted, onBack }: ConsumerFormProps) {
  const form = useForm({
    initial,
    submit: async credentials => {
      openEmpty(type.name)
      try {
        const verification = await start(credentials)
        leadTo(verification.id, verification.authorizeUrl ?? '')
        onStarted(verification, credentials)
      } catch (error) {
        shut()
        throw error
      }
    },
  })
  const elsewhere = addressProblem(type, window.location.origin) !== ''
  return (
    <FormFrame
      {...form}
      submit="Next"
      disabled={elsewhere}
      aside={
        <>
          {onBack && (
            <Button variant="default" onClick={onBack}>
              Back
            </Button>
          )}
          <span className="muted small">
            {elsewhere
              ? 'Fix the address first.'
              : `Next opens ${type.name} in a window and verifies what you entered.`}
          </span>
        </>
      }
    >
      <AddressMismatch type={type} />
      <TextInput
        label="Application ID"
        description={`${type.name} calls it ${type.idLabel}.`}
        autoComplete="off"
        spellCheck={false}
        {...form.text('applicationId')}
      />
      <PasswordInput
        label="Secret"
        description="Stored encrypted and never shown again."
        autoComplete="off"
        spellCheck={false}
        {...form.text('secret')}
      />
    </FormFrame>
  )
}
