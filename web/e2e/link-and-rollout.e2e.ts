import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launch, looksGood, picture, signIn } from './support/browser'
import { type Demo, startDemo } from './support/demo'
import { addProvider, chooseBaseline, chooseRepository } from './support/flows'
import { push } from './support/git'

let browser: Browser
let demo: Demo
let page: Page
let project: string

beforeAll(async () => {
  browser = await launch()
  demo = await startDemo('--empty')
  page = await signIn(browser, demo.info)
  const projects = await demo.api<{ items: { id: string }[] }>('/projects')
  project = projects.items[0]?.id ?? ''
})
afterAll(async () => {
  await browser?.close()
  await demo?.stop()
})

describe('from an empty workspace to a rollout', () => {
  it('begins with the first steps', async () => {
    await page.goto('/')
    await page.getByRole('list', { name: 'First steps' }).getByRole('link', { name: 'Add a Git provider' }).waitFor()
    await looksGood(page, 'home-first-steps')
    await addProvider(page, demo.info)
  })

  it('lists the repositories that the person administers', async () => {
    await chooseRepository(page, project)
    await looksGood(page, 'link-repositories')
    await picture(page, demo.info, 'repositories')
    await page.getByLabel('Search repositories').fill('acme shop')
    await page.getByRole('button', { name: 'Choose acme/shop-db' }).click()
  })

  it('shows on the real tree what would happen, and asks about the files that are there', async () => {
    await page.getByRole('button', { name: '3 matching files' }).waitFor()
    await looksGood(page, 'link-configure')
    await picture(page, demo.info, 'configure')
    await page.getByLabel('File path template').fill('{{DB_NAME}}/v{{VERSION}}.sql')
    await page.getByRole('button', { name: '0 matching files' }).waitFor()
    await page.getByRole('button', { name: /ignored files/ }).click()
    await page.getByText('Ignored. ').first().waitFor()
    await page.getByLabel('File path template').fill('{{DB_NAME}}/nothing.sql')
    await page
      .getByText(/VERSION/)
      .last()
      .waitFor()

    await page.getByLabel('File path template').fill(demo.info.filePathTemplate)
    await page.getByRole('button', { name: '3 matching files' }).click()
    await chooseBaseline(page, 'test/shop', 'Up to 3 (does not fit)')
    await page.getByText('will be recorded as applied, not run').first().waitFor()
    expect(await page.getByRole('button', { name: 'Link the repository' }).isDisabled()).toBe(true)
    await chooseBaseline(page, 'test/shop', 'Nothing: run every file')
    await page.getByRole('heading', { name: 'SQL review' }).waitFor()
    await looksGood(page, 'link-review')
    await page.getByRole('button', { name: 'Link the repository' }).click()
    await page.getByRole('heading', { name: 'acme/shop-db' }).waitFor()
    await page.getByText('Active').waitFor()
    await page.getByText('Every matching file is in its databases.').waitFor()
    await looksGood(page, 'link')
  })

  it('rolls a push out while one watches', async () => {
    await page.goto('/rollouts')
    await page.getByRole('table', { name: 'Rollouts' }).waitFor()
    push(demo.info, 'Add phone numbers', {
      'migrations/shop/4__ddl__add_phone.sql': 'ALTER TABLE customer ADD COLUMN phone TEXT;\n',
    })
    await page.getByRole('link', { name: 'Add phone numbers' }).click()
    const stages = page.getByRole('list', { name: 'Stages' }).getByRole('listitem', { name: /^Stage / })
    await expect.poll(() => stages.getByRole('link').getByText('Done').count(), { timeout: 20_000 }).toBe(3)
    expect(await stages.getByRole('heading').allTextContents()).toEqual(['test', 'staging', 'prod'])
    await looksGood(page, 'rollout-done')
  })

  it('shows an error at its place, stops, and goes on with the fixed file', async () => {
    push(demo.info, 'Break something', {
      'migrations/shop/5__ddl__broken.sql':
        'CREATE TABLE basket (id INTEGER PRIMARY KEY);\nALTER TABLE nowhere ADD COLUMN x TEXT;\n',
    })
    await page.goto('/rollouts')
    await page.getByRole('link', { name: 'Break something' }).click()
    const stages = page.getByRole('list', { name: 'Stages' })
    await stages.getByRole('listitem', { name: 'Stage test' }).getByText('Failed').first().waitFor()
    const review = page.getByRole('region', { name: 'SQL review' })
    await review
      .getByRole('listitem')
      .filter({ hasText: 'The table nowhere is not there.' })
      .waitFor({ timeout: 20_000 })
    await review.locator('.cm-mark-error').waitFor()
    await review.getByRole('textbox', { name: '5__ddl__broken.sql' }).waitFor()
    await page.getByText('SQL review: 1 error').waitFor()
    await looksGood(page, 'rollout-failed')
    await stages.getByRole('listitem', { name: 'Stage test' }).getByRole('link').click()
    await page.getByText('Line 2, column 1').waitFor()
    await page.getByText('no such table: nowhere').first().waitFor()
    await page.getByText('The table nowhere is not there.').waitFor()
    await looksGood(page, 'task-failed')
    await page.getByRole('link', { name: 'DD05' }).click()
    await page.getByRole('button', { name: /^DD05/, expanded: true }).waitFor()

    push(demo.info, 'Fix it', {
      'migrations/shop/5__ddl__broken.sql': 'CREATE TABLE basket (id INTEGER PRIMARY KEY);\n',
    })
    await page.goto('/rollouts')
    await page.getByRole('link', { name: 'Fix it' }).click()
    await expect.poll(() => stages.getByRole('link').getByText('Done').count(), { timeout: 20_000 }).toBe(3)
  })

  it('answers why nothing is happening', async () => {
    push(demo.info, 'Put a file elsewhere', { 'migrations/6__ddl__lost.sql': 'SELECT 1;\n' })
    await page.goto(`/projects/${project}`)
    await page.getByRole('link', { name: '1 file is ignored' }).waitFor({ timeout: 20_000 })
    await page.getByLabel('Look up a file').fill('migrations/6__ddl__lost.sql')
    await page.getByText('is directly in the base directory').waitFor()
    await looksGood(page, 'project-why')
    await page.getByRole('link', { name: '1 file is ignored' }).click()
    await page.getByText('migrations/6__ddl__lost.sql', { exact: true }).waitFor()
    await page.getByRole('table', { name: 'Deliveries' }).getByText('Accepted').first().waitFor()
    await looksGood(page, 'link-ignored')
    await picture(page, demo.info, 'link')
  })

  it('refuses to delete the provider and names what is linked', async () => {
    await page.goto('/settings/gitops')
    await page.getByRole('table', { name: 'Git providers' }).getByRole('link', { name: 'Bitbucket.org' }).click()
    await page.getByRole('button', { name: 'Delete' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
    await page.getByText('is in use by Shop (acme/shop-db)').waitFor()
    await looksGood(page, 'provider-in-use')
  })

  it('unlinks', async () => {
    await page.goto(`/projects/${project}/gitops`)
    await page.getByRole('link', { name: 'acme/shop-db' }).click()
    await page.getByRole('button', { name: 'Unlink' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Unlink' }).click()
    await page.getByText('No repositories linked').waitFor()
  })
})
