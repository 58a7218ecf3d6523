import type { Schemas } from '~/api/client'

/** The three steps of the wizard. */
export function wizardSteps(type: Schemas['ProviderType'] | undefined): string[] {
  return ['Basic info', `${type?.appLabel ?? 'OAuth application'} info`, 'Confirm']
}
