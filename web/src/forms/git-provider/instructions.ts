import type { Schemas } from '~/api/client'

/** A permission as in the provider's form: "Account: Read". */
export function permissionLabel(permission: Schemas['ProviderPermission']): string {
  return `${permission.group}: ${permission.label}`
}

/**
 * Everything that an admin at the provider needs to create the OAuth application, as plain text to
 * send.
 */
export function adminInstructions(type: Schemas['ProviderType'], name: string, instanceUrl = type.instanceUrl): string {
  const boxes = type.permissions.map(p => `  - ${permissionLabel(p)}: ${p.why}`)
  return [
    `Please create an ${type.appLabel} for Towpath at ${instanceUrl ? `${type.name} (${instanceUrl})` : type.name}.`,
    type.adminNotice,
    '',
    ...type.steps.map((step, index) => `${index + 1}. ${step}`),
    '',
    `Name: ${name}`,
    `${type.callbackLabel}: ${type.callbackUrl}`,
    'Permissions:',
    ...boxes,
    '',
    `Then send me the ${type.idLabel} and the ${type.secretLabel} through a secure channel.`,
  ].join('\n')
}

/** Why the console's address differs from the server's external URL; "" when it does not. */
export function addressProblem(type: Schemas['ProviderType'], here: string): string {
  const external = new URL(type.callbackUrl).origin
  return external === here ? '' : external
}
