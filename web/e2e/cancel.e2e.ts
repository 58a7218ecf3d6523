import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { launch, looksGood, signIn } from './support/browser'
import { type Demo, startDemo } from './support/demo'
import { signInAsMember } from './support/flows'
import { countForever, push } from './support/git'

let browser: Browser
let demo: Demo
let page: Page

beforeAll(async () => {
  browser = await launch()
  demo = await startDemo()
  page = await signIn(browser, demo.info)
})
afterAll(async () => {
  await browser?.close()
  await demo?.stop()
})

const message = 'Count without an end'
const head = () => page.getByRole('heading', { level: 1 }).locator('..')

it('stops a running task after asking once, and keeps nothing of its transaction', async () => {
  push(demo.info, message, {
    'migrations/shop/4__ddl__count.sql': `CREATE TABLE first_part (id INTEGER);\n${countForever}`,
  })
  await page.goto('/rollouts')
  await page.getByRole('link', { name: message }).click()
  const stage = page.getByRole('list', { name: 'Stages' }).getByRole('listitem', { name: 'Stage test' })
  await stage.locator('a:has([data-state="running"])').click()
  await page.waitForURL('**/tasks/*')

  await page.getByRole('button', { name: 'Cancel', exact: true }).click()
  const dialog = page.getByRole('dialog', { name: 'Cancel 4 in this database?' })
  await dialog.getByText('Its statement is stopped on the database server.').waitFor()
  await dialog.getByText('A file that runs in one transaction leaves nothing behind.').waitFor()
  await looksGood(page, 'task-cancel')
  await dialog.getByRole('button', { name: 'Let it run' }).click()
  await dialog.waitFor({ state: 'hidden' })
  await head().locator('[data-state="running"]').waitFor()

  await page.getByRole('button', { name: 'Cancel', exact: true }).click()
  await dialog.getByRole('button', { name: 'Cancel', exact: true }).click()
  await head().locator('[data-state="failed"]').waitFor()
  await page.getByText('The task was cancelled.').first().waitFor()
  await page.getByText('Nothing of this file is in the database.').waitFor()
  await page.getByRole('table', { name: 'Statements' }).getByText('Rolled back').waitFor()
  expect(await page.getByRole('button', { name: 'Cancel', exact: true }).count()).toBe(0)
  await page.getByRole('button', { name: 'Retry' }).waitFor()
  await looksGood(page, 'task-cancelled')
})

it('says that it is being cancelled until the database has stopped', async () => {
  const address = new URL(page.url()).pathname
  // What the server tells while the statement is being stopped is too short to be seen for certain, so it is held here.
  await page.route(`**/api/v1${address}`, async route => {
    const answer = await route.fetch()
    const task = await answer.json()
    await route.fulfill({ response: answer, json: { ...task, state: 'running', cancelAt: new Date().toISOString() } })
  })
  await page.reload()
  expect(await page.getByRole('button', { name: 'Cancelling…' }).isDisabled()).toBe(true)
  await head().getByText('Cancelling…').first().waitFor()
  await looksGood(page, 'task-cancelling')
  await page.unrouteAll({ behavior: 'wait' }) // an answer may be on its way
})

it('is not offered to developers', async () => {
  const address = new URL(page.url()).pathname
  await page.reload()
  await page.getByRole('button', { name: 'Retry' }).click()
  await page.getByRole('button', { name: 'Cancel', exact: true }).waitFor()
  const projects = await demo.api<{ items: { id: string }[] }>('/projects')
  const other = await signInAsMember(browser, demo, projects.items[0]?.id ?? '', 'developer')
  await other.goto(address)
  await other.getByRole('heading', { level: 1 }).locator('..').locator('[data-state="running"]').waitFor()
  expect(await other.getByRole('button', { name: 'Cancel', exact: true }).count()).toBe(0)
  await demo.api(`${address}/cancel`, { method: 'POST' })
  await other.getByRole('heading', { level: 1 }).locator('..').locator('[data-state="failed"]').waitFor()
  await other.context().close()
})
