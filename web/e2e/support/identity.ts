import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import Provider from 'oidc-provider'
import type { Page } from 'playwright-core'

/** Who somebody is at the provider. */
export interface Person {
  name: string
  email: string
  email_verified: boolean
  groups: string[]
}

/** An OpenID Connect provider. */
export interface IdentityProvider {
  issuer: string
  clientId: string
  clientSecret: string
  /** By their name at the provider; changes count at the next sign-in. */
  people: Record<string, Person>
  /** Makes it answer, for a server that people come back to. */
  serve: (redirectUrls: string[]) => void
  stop: () => Promise<void>
}

/** Starts a provider on a free port. */
export async function startIdentityProvider(): Promise<IdentityProvider> {
  let answer: RequestListener = (_, response) => response.writeHead(503).end()
  const server = createServer((request, response) => answer(request, response))
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const clientId = 'towpath'
  const clientSecret = 'o&order=%s+~/'
  const people: Record<string, Person> = {}
  return {
    issuer,
    clientId,
    clientSecret,
    people,
    serve: redirectUrls => {
      const provider = new Provider(issuer, {
        clients: [{ client_id: clientId, client_secret: clientSecret, redirect_uris: redirectUrls }],
        pkce: { required: () => true },
        scopes: ['openid', 'email', 'profile', 'groups'],
        claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'], groups: ['groups'] },
        cookies: { keys: ['o'] },
        findAccount: (_: unknown, sub: string) =>
          people[sub] && { accountId: sub, claims: () => ({ sub, ...people[sub] }) },
      })
      answer = provider.callback()
    },
    stop: () =>
      new Promise(resolve => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

/** Signs in at the provider, up to the way back. */
export async function signInAtProvider(page: Page, name: string) {
  await page.locator('input[name=login]').fill(name)
  await page.locator('input[name=password]').fill('o')
  await page.locator('button[type=submit]').click()
  await page.getByRole('button', { name: 'Continue' }).click()
}
