import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launch, looksGood, signIn } from './support/browser'
import { type Demo, startDemo } from './support/demo'
import { chooseRepository } from './support/flows'
import { enter, next } from './support/wizard'

let browser: Browser
let demo: Demo
let page: Page

beforeAll(async () => {
  browser = await launch()
  demo = await startDemo('--empty', '--gitea', '--gitea-listen', 'localhost:0')
  page = await signIn(browser, demo.info)
})
afterAll(async () => {
  await browser?.close()
  await demo?.stop()
})

describe('adding a Gitea', () => {
  const credentials = () => ({
    applicationId: demo.info.giteaClientId ?? '',
    secret: demo.info.giteaClientSecret ?? '',
  })

  it('asks for its address and refuses one that is not safe', async () => {
    await page.goto('/settings/gitops/new')
    await page.getByRole('radio', { name: 'Gitea' }).check()
    await page.getByLabel('Gitea URL').fill('http://git.example.com')
    await looksGood(page, 'wizard-gitea-address')
    await page.getByRole('button', { name: 'Next' }).click()
    await page.getByRole('heading', { name: 'Create the OAuth2 application' }).waitFor()
    await enter(page, credentials())
    await page.getByRole('button', { name: 'Next' }).click()
    await page.getByText('Enter an https:// address').waitFor()
    await page.getByRole('button', { name: 'Back' }).click()
    expect(await page.getByLabel('Gitea URL').inputValue()).toBe('http://git.example.com')
  })

  it('leads from the three steps to the list', async () => {
    await page.getByLabel('Gitea URL').fill(demo.info.giteaUrl ?? '')
    await page.getByRole('button', { name: 'Next' }).click()
    const gitea = await next(page, { ...demo.info, ...credentials() })
    await gitea.getByLabel('Username or Email Address').fill(demo.info.gitUser)
    await gitea.getByLabel('Password').fill(demo.info.gitPassword)
    await gitea.getByRole('button', { name: 'Sign In' }).click()
    await gitea.getByRole('button', { name: 'Authorize Application' }).click()
    await page.getByText('OAuth info is correct').waitFor()
    await looksGood(page, 'wizard-gitea-confirm')
    await page.getByRole('button', { name: 'Confirm and add' }).click()
    await page.getByRole('table', { name: 'Git providers' }).getByRole('link', { name: 'Gitea' }).waitFor()
  })

  it('links a repository without a second sign-in', async () => {
    const projects = await demo.api<{ items: { id: string }[] }>('/projects')
    await chooseRepository(page, projects.items[0]?.id ?? '')
    await page.getByRole('button', { name: 'Choose olive/shop-db' }).waitFor()
    expect(page.context().pages()).toHaveLength(1)
  })
})
