import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launch, looksGood, looksGoodOnPhone } from './support/browser'
import { type IdentityProvider, signInAtProvider, startIdentityProvider } from './support/identity'
import { type EmptyServer, startServer } from './support/server'

let browser: Browser
let provider: IdentityProvider
let server: EmptyServer
let strict: EmptyServer

const owner = { email: 'olive@example.com', name: 'Olive Owner', password: 'a long enough password' }

beforeAll(async () => {
  browser = await launch()
  provider = await startIdentityProvider()
  const settings = [
    `--oidc-issuer=${provider.issuer}`,
    `--oidc-client-id=${provider.clientId}`,
    `--oidc-client-secret=${provider.clientSecret}`,
    '--oidc-name=Größe ID',
  ]
  server = await startServer(...settings, '--oidc-role=dbas=dba', '--oidc-role=order=member')
  strict = await startServer(...settings, '--oidc-only')
  provider.serve([server, strict].map(one => `${one.url}/sign-in/sso/callback`))
  Object.assign(provider.people, {
    ada: { name: 'Ada Größe', email: 'Ada@example.com', email_verified: true, groups: ['order', 'dbas'] },
    eve: { name: 'Eve', email: 'olive@example.com', email_verified: false, groups: ['order'] },
    olive: { name: 'Olive', email: 'olive@example.com', email_verified: true, groups: ['order'] },
    zoe: { name: 'Zoe', email: 'zoe@example.com', email_verified: true, groups: ['select'] },
  })
})
afterAll(async () => {
  await browser?.close()
  await Promise.all([server?.stop(), strict?.stop(), provider?.stop()])
})

async function newPage(at: EmptyServer): Promise<Page> {
  const context = await browser.newContext({ baseURL: at.url, viewport: { width: 1280, height: 900 } })
  context.setDefaultTimeout(20_000)
  return context.newPage()
}

/** Signs in as somebody whom the provider knows, to see their profile. */
async function enter(at: EmptyServer, name: string): Promise<Page> {
  const page = await newPage(at)
  await page.goto('/settings/profile')
  await page.getByRole('link', { name: 'Sign in with Größe ID' }).click()
  await signInAtProvider(page, name)
  return page
}

async function setUp(at: EmptyServer) {
  const made = await fetch(`${at.url}/api/v1/setup`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ ...owner, token: at.token }),
  })
  expect(made.status).toBe(201)
}

describe('single sign-on', () => {
  it('waits for the first owner', async () => {
    const page = await newPage(server)
    await page.goto('/sign-in/sso')
    await signInAtProvider(page, 'ada')
    await page.getByText('This workspace has no owner yet').waitFor()
    await setUp(server)
    await setUp(strict)
  })

  it('lets somebody join with the highest role of their groups, and follows them', async () => {
    const page = await newPage(server)
    await page.goto('/settings/profile')
    await page.getByRole('link', { name: 'Sign in with Größe ID' }).waitFor()
    await looksGood(page, 'sign-in-single')
    await looksGoodOnPhone(page, 'sign-in-single')
    await page.getByRole('link', { name: 'Sign in with Größe ID' }).click()
    await signInAtProvider(page, 'ada')
    await page.waitForURL('**/settings/profile')
    await page.getByText('ada@example.com').waitFor()
    await page.getByText('Workspace DBA', { exact: true }).waitFor()
    const ada = provider.people.ada
    if (ada) ada.groups = ['order']
    const again = await enter(server, 'ada')
    await again.getByText('Workspace Member', { exact: true }).waitFor()
    expect(await again.getByText('Ada Größe').count()).toBeGreaterThan(0)
  })

  it('refuses who has no group here, or whose address is not verified', async () => {
    await (await enter(server, 'zoe')).getByText('None of your groups at Größe ID has access').waitFor()
    const page = await enter(server, 'eve')
    await page.getByText('has no verified e-mail address of you').waitFor()
    await looksGood(page, 'sign-in-refused')
    await looksGoodOnPhone(page, 'sign-in-refused')
  })

  it('knows the owner by the verified address, and never takes the last owner away', async () => {
    const page = await enter(server, 'olive')
    await page.getByText('olive@example.com').waitFor()
    await page.getByText('Workspace Owner', { exact: true }).waitFor()
    await page.goto('/settings/audit')
    await page.getByText('Signed in with Größe ID for the first time, as olive@example.com').first().waitFor()
  })

  it('refuses a way back that another browser has begun', async () => {
    const attacker = await newPage(server)
    let stolen = ''
    attacker.on('request', request => {
      if (request.url().includes('/callback?')) stolen = request.url()
    })
    await attacker.goto('/sign-in/sso')
    await signInAtProvider(attacker, 'ada')
    await attacker.getByRole('navigation', { name: 'Main' }).waitFor()
    expect(stolen).toContain('code=')
    const victim = await newPage(server)
    for (const begins of [false, true]) {
      if (begins) await victim.goto('/sign-in/sso') // the victim's own flow does not fit either
      await victim.goto(stolen)
      await victim.getByText('was not begun in this browser').waitFor()
      expect((await victim.request.get('/api/v1/session')).status()).toBe(401)
    }
    await attacker.goto(stolen) // a flow ends once
    await attacker.getByText('was not begun in this browser').waitFor()
  })

  it('turns passwords off, and lets in members alone when groups give no roles', async () => {
    const page = await newPage(strict)
    await page.goto('/sign-in')
    await page.getByRole('link', { name: 'Sign in with Größe ID' }).waitFor()
    expect(await page.getByLabel('Password').count()).toBe(0)
    const refused = await page.request.post('/api/v1/session', {
      data: { email: owner.email, password: owner.password },
    })
    expect(refused.status()).toBe(403)
    await (await enter(strict, 'zoe')).getByText('zoe@example.com is not a member of this workspace').waitFor()
    const olive = await enter(strict, 'olive')
    await olive.getByText('Workspace Owner', { exact: true }).waitFor()
    expect(await olive.getByRole('heading', { name: 'Password' }).count()).toBe(0)
  })
})
