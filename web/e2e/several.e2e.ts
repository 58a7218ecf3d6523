import { writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { launch, looksGood, signIn } from './support/browser'
import { type Demo, startDemo } from './support/demo'
import { signInAsMember } from './support/flows'
import { push } from './support/git'

let browser: Browser
let demo: Demo
let page: Page
let project: string

beforeAll(async () => {
  browser = await launch()
  demo = await startDemo()
  page = await signIn(browser, demo.info)
  const projects = await demo.api<{ items: { id: string }[] }>('/projects')
  project = projects.items[0]?.id ?? ''
})
afterAll(async () => {
  await browser?.close()
  await demo?.stop()
})

interface Items<T> {
  items: T[]
}

type Environment = { id: string; name: string }

/** Asks so many project developers for consent in the test environment. */
async function consent(people: number) {
  const { items } = await demo.api<Items<Environment>>('/environments')
  await demo.api(`/environments/${items.find(({ name }) => name === 'test')?.id}`, {
    method: 'PATCH',
    body: { consent: { people, roles: ['project-developer'] } },
  })
}

/** Adds a database to the test environment, and gives it to a project. */
async function addDatabase(name: string, to: string) {
  const shop = demo.info.databases.find(({ environment }) => environment === 'test')
  writeFileSync(join(dirname(shop?.path ?? ''), `${name}.db`), '')
  const instances = await demo.api<Items<{ id: string; environmentId: string }>>('/instances')
  const environments = await demo.api<Items<Environment>>('/environments')
  const test = environments.items.find(one => one.name === 'test')?.id
  const instance = instances.items.find(one => one.environmentId === test)?.id
  await demo.api(`/instances/${instance}/discover`, { method: 'POST' })
  const found = await demo.api<Items<{ id: string; name: string }>>(`/databases?instance=${instance}`)
  const id = found.items.find(one => one.name === name)?.id
  await demo.api(`/databases/${id}`, { method: 'PATCH', body: { projectId: to } })
}

/** Links a second project with another folder of the repository. */
async function linkAnother(folder: string): Promise<string> {
  const other = await demo.api<{ id: string }>('/projects', { method: 'POST', body: { name: 'Other' } })
  await addDatabase('other', other.id)
  const { items } = await demo.api<
    Items<{ grantId: string; repositoryId: string; branch: string; filePathTemplate: string }>
  >(`/projects/${project}/repository-links`)
  const { grantId, repositoryId, branch, filePathTemplate } = items[0] ?? {}
  await demo.api(`/projects/${other.id}/repository-links`, {
    method: 'POST',
    body: { grantId, repositoryId, branch, filePathTemplate, baseDirectory: folder, existingFiles: 'run' },
  })
  return other.id
}

/** Goes from the list to the board of a pushed commit. */
async function openRollout(message: string) {
  await page.goto('/rollouts')
  await page.getByRole('link', { name: message }).click()
  await page.getByRole('list', { name: 'Stages' }).waitFor()
}

describe('several decisions at once', () => {
  it('approves all that waits, by keyboard', async () => {
    const another = await linkAnother('others')
    await consent(1)
    push(demo.info, 'Add two', {
      'migrations/shop/3.1__ddl__two.sql': 'CREATE TABLE two (id INTEGER PRIMARY KEY);\n',
      'others/other/1__ddl__two.sql': 'CREATE TABLE two (id INTEGER PRIMARY KEY);\n',
    })
    const other = await signInAsMember(browser, demo, project, 'developer')
    const { items } = await demo.api<Items<{ id: string; email: string }>>('/members')
    const id = items.find(({ email }) => email === 'second-developer@example.com')?.id
    await demo.api(`/projects/${another}/members/${id}`, { method: 'PUT', body: { role: 'developer' } })
    await other.goto('/inbox')
    await other.getByRole('checkbox', { name: 'Select all 2' }).focus()
    await other.keyboard.press('Space')
    await looksGood(other, 'inbox-several')
    await other.getByRole('checkbox', { name: 'Select all 2' }).focus()
    await other.keyboard.press('Tab')
    await other.keyboard.press('Enter')
    const dialog = other.getByRole('dialog')
    await dialog.getByText('Add two, Shop in test').waitFor()
    await dialog.getByText('Add two, Other in test').waitFor()
    await dialog.getByRole('button', { name: 'Approve or start 2 selected' }).focus()
    await other.keyboard.press('Enter')
    await other.getByText('Approved or started 2 of 2 items').waitFor()
    await page.goto(`/projects/${project}/rollouts`)
    await page.getByRole('link', { name: 'Add two' }).click()
    await page
      .getByRole('list', { name: 'Stages' })
      .getByRole('listitem', { name: 'Stage prod' })
      .getByText('1 of 1 task done')
      .waitFor()
    await other.context().close()
    await consent(0)
  })

  it('retries and skips all failed tasks, and says what came of each', async () => {
    await addDatabase('second', project)
    push(demo.info, 'Fail twice', {
      'migrations/shop/3.2__ddl__fails.sql': 'CREATE TABLE two (id INTEGER);\n',
      'migrations/second/1__ddl__fails.sql': 'INSERT INTO nothing VALUES (1);\n',
    })
    await openRollout('Fail twice')
    await page.getByRole('button', { name: 'Retry 2 failed tasks' }).click()
    await page
      .getByRole('dialog')
      .getByText(/in test\/shop/)
      .waitFor()
    await page.getByRole('dialog').getByRole('button', { name: 'Retry 2 failed tasks' }).click()
    await page.getByText('Retried 2 of 2 items').waitFor()
    await page.getByRole('button', { name: 'Skip 2 failed tasks…' }).click()
    await page.getByRole('dialog').getByLabel('Reason').fill('Pushed by mistake')
    await page.getByRole('dialog').getByRole('button', { name: 'Skip 2 failed tasks' }).click()
    await page.getByText('Skipped 2 of 2 items').waitFor()
    await page.getByText('Pushed by mistake').nth(1).waitFor()
    await looksGood(page, 'rollout-several')
  })

  it('marks a file that the database has as applied, by keyboard', async () => {
    push(demo.info, 'Made by hand', {
      'migrations/shop/3.3__ddl__two.sql': 'CREATE TABLE two (id INTEGER);\nCREATE INDEX by_größe ON two (id);\n',
    })
    await openRollout('Made by hand')
    await page.getByRole('link', { name: 'Open the failed task' }).click()
    await page.getByRole('button', { name: 'Mark as applied…' }).focus()
    await page.keyboard.press('Enter')
    const dialog = page.getByRole('dialog')
    await dialog.getByText('The database has no index by_größe').waitFor()
    await dialog.getByText('The database has table two.').waitFor()
    await looksGood(page, 'task-mark')
    await page.keyboard.type('The index came with the release')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Space')
    await dialog.getByRole('button', { name: 'Mark as applied' }).focus()
    await page.keyboard.press('Enter')
    await page.getByText('3.3 is recorded when its turn comes.').waitFor()
    await page.getByText('Recorded', { exact: true }).first().waitFor()
    await page.getByText('although the database showed otherwise: The index came with the release').waitFor()
  })
})
