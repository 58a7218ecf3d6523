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
  const box = (p: Schemas['ProviderPermission']) => `  - ${permissionLabel(p)}: ${p.why}`
  const optional = type.rungs.flatMap(rung => rung.permissions.map(box))
  return [
    `Please create an ${type.appLabel} for Towpath at ${instanceUrl ? `${type.name} (${instanceUrl})` : type.name}.`,
    type.adminNotice,
    '',
    ...type.steps.map((step, index) => `${index + 1}. ${step}`),
    '',
    `Name: ${name}`,
    `${type.callbackLabel}: ${type.callbackUrl}`,
    'Permissions:',
    ...type.permissions.map(box),
    ...(optional.length > 0 ? ['Optional:', ...optional] : []),
    '',
    `Then send me the ${type.idLabel} and the ${type.secretLabel} through a secure channel.`,
  ].join('\n')
}

/** Why the console's address differs from the server's external URL; "" when it does not. */
export function addressProblem(type: Schemas['ProviderType'], here: string): string {
  const external = new URL(type.callbackUrl).origin
  return external === here ? '' : external
}
