import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launch, looksGood, signIn, signInAtBitbucket } from './support/browser'
import { type Demo, startDemo } from './support/demo'
import { enter } from './support/wizard'

let browser: Browser
let demo: Demo
let project: string

const password = 'a long enough password'

beforeAll(async () => {
  browser = await launch()
  demo = await startDemo()
  const projects = await demo.api<{ items: { id: string }[] }>('/projects')
  project = projects.items[0]?.id ?? ''
})
afterAll(async () => {
  await browser?.close()
  await demo?.stop()
})

/** Another administrator of the project, signed in. */
async function anotherAdministrator(): Promise<Page> {
  const email = 'second@example.com'
  const { url, member } = await demo.api<{ url: string; member: { id: string } }>('/members', {
    method: 'POST',
    body: { email, name: 'Sam Second', role: 'member' },
  })
  await demo.api(`/projects/${project}/members/${member.id}`, { method: 'PUT', body: { role: 'owner' } })
  const answer = await fetch(`${demo.info.consoleUrl}/api/v1/invitations/accept`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ invitation: url.split('#').at(-1), password }),
  })
  expect(answer.ok).toBe(true)
  return signIn(browser, { ...demo.info, email, password })
}

describe('a link whose person leaves', () => {
  it('is taken over by another administrator with a sign-in of their own', async () => {
    const page = await anotherAdministrator()
    await page.goto(`/projects/${project}/gitops`)
    await page.getByRole('link', { name: 'acme/shop-db' }).click()
    await page.getByRole('link', { name: 'Take over' }).click()
    const opened = page.context().waitForEvent('page')
    await page.getByRole('button', { name: 'Sign in at Bitbucket.org' }).click()
    const bitbucket = await opened
    await signInAtBitbucket(bitbucket, demo.info)
    await bitbucket.getByRole('button', { name: 'Grant access' }).click()
    await page.getByText('acme/shop-db is carried by Olive Owner').waitFor()
    await looksGood(page, 'link-take-over')
    await page.getByRole('button', { name: 'Take over' }).click()
    await page.getByText('acme/shop-db is carried by your account now.').waitFor()
    await page.getByRole('link', { name: 'Edit' }).waitFor()
    await page.context().close()
  })
})

describe('the secret of a provider', () => {
  it('is replaced after a sign-in with the new one, and the old one is not asked for', async () => {
    const page = await signIn(browser, demo.info)
    await page.goto('/settings/gitops')
    await page.getByRole('table', { name: 'Git providers' }).getByRole('link', { name: 'Bitbucket.org' }).click()
    await page.getByRole('button', { name: 'Replace the secret' }).click()
    await looksGood(page, 'provider-secret')
    expect(await page.getByRole('textbox', { name: 'Application ID' }).inputValue()).toBe(demo.info.applicationId)
    await enter(page, { applicationId: demo.info.applicationId, secret: 'wrong' })
    await page.getByRole('button', { name: 'Next' }).click()
    await page.getByText('does not know this Key and Secret').waitFor()
    await enter(page, demo.info)
    const opened = page.context().waitForEvent('page')
    await page.getByRole('button', { name: 'Next' }).click()
    const bitbucket = await opened
    await signInAtBitbucket(bitbucket, demo.info)
    await bitbucket.getByRole('button', { name: 'Grant access' }).click()
    await page.getByText('OAuth info is correct').waitFor()
    await looksGood(page, 'provider-secret-confirm')
    await page.getByRole('button', { name: 'Confirm and replace' }).click()
    await page.getByText('The secret of Bitbucket.org is replaced.').waitFor()
    await page.context().close()
  })
})
