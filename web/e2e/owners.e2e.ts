import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launch, looksGood, signIn, signInAtBitbucket } from './support/browser'
import { type Demo, startDemo } from './support/demo'
import { signInAsMember } from './support/flows'
import { enter } from './support/wizard'

let browser: Browser
let demo: Demo
let project: string

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

describe('a link whose person leaves', () => {
  it('is taken over by another administrator with a sign-in of their own', async () => {
    const page = await signInAsMember(browser, demo, project, 'owner')
    await page.goto(`/projects/${project}/gitops`)
    await page.getByRole('link', { name: 'acme/shop-db' }).click()
    await page.getByRole('link', { name: 'Take over' }).click()
    const opened = page.context().waitForEvent('page')
    await page.getByRole('button', { name: 'Sign in at Bitbucket.org' }).click()
    const bitbucket = await opened
    await signInAtBitbucket(bitbucket, demo.info)
    await bitbucket.getByRole('button', { name: 'Grant access' }).click()
    await page.getByText('acme/shop-db uses the account of Olive Owner').waitFor()
    await looksGood(page, 'link-take-over')
    await page.getByRole('button', { name: 'Take over' }).click()
    await page.getByText('acme/shop-db now uses your account.').waitFor()
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
