import { execFileSync } from 'node:child_process'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { launch, looksGood, looksGoodOnPhone, signIn } from './support/browser'
import { type Demo, startDemo } from './support/demo'
import { push } from './support/git'

let browser: Browser
let demo: Demo
let page: Page

beforeAll(async () => {
  browser = await launch()
  demo = await startDemo('--pull-request')
  page = await signIn(browser, demo.info)
})
afterAll(async () => {
  await browser?.close()
  await demo?.stop()
})

const target = () => demo.info.databases.find(one => one.environment === 'test')
const byHand = (sql: string) => execFileSync('sqlite3', [target()?.path ?? ''], { input: sql })

it('shows a schema that was changed by hand, and the SQL that takes it back', async () => {
  push(demo.info, 'Note sizes', { 'migrations/shop/4__ddl__groesse.sql': 'CREATE TABLE "größe" ("order" INTEGER);' })
  await page.goto('/rollouts')
  await page
    .getByRole('link', { name: 'Note sizes' })
    .locator('xpath=ancestor::tr')
    .locator('[data-state="done"]')
    .first()
    .waitFor()

  const environments = await demo.api<{ items: { id: string; name: string }[] }>('/environments')
  const test = environments.items.find(one => one.name === 'test')?.id
  const databases = await demo.api<{ items: { id: string; environmentId: string }[] }>('/databases')
  const database = `/databases/${databases.items.find(one => one.environmentId === test)?.id}`
  await page.goto(database)
  await page.getByRole('button', { name: 'Check now' }).click()
  await page.getByText('The schema of').waitFor()

  byHand('ALTER TABLE "größe" ADD COLUMN "select" TEXT; CREATE INDEX by_hand ON "größe" ("order");')
  await page.getByRole('button', { name: 'Check now' }).click()
  await page.getByRole('button', { name: 'Show the SQL that takes it back' }).click()
  const repair = page.getByRole('region', { name: 'Repair' })
  await repair.getByText('DROP INDEX').waitFor()
  await looksGood(page, 'drift-repair')
  await looksGoodOnPhone(page, 'drift-repair')

  await page.getByRole('button', { name: 'Open pull request' }).click()
  await page.getByText(/Pull request \d+ is open/).waitFor()
  const opened = page.getByRole('region', { name: 'Pull request' })
  await opened.getByText(/^towpath-repair-test-/).waitFor()
  await looksGood(page, 'drift-pull-request')
  await looksGoodOnPhone(page, 'drift-pull-request')
  expect(await opened.getByRole('link').getAttribute('href')).toMatch(/\/acme\/shop-db\/pull-requests\/\d+$/)

  const { drifts } = await demo.api<{ drifts: { id: string }[] }>(`${database}/schema-check`)
  byHand((await demo.api<{ sql: string }>(`${database}/drifts/${drifts[0]?.id}/repair`)).sql)
  await page.getByRole('button', { name: 'Check now' }).click()
  await repair.waitFor({ state: 'detached' })
  await page.locator('[data-state="same"]').first().waitFor()
})

it('undoes the newest version of the last environment, once a person says why', async () => {
  push(demo.info, 'Note returns', {
    'migrations/shop/5__ddl__returns.sql':
      '-- migrate:up\nCREATE TABLE "return" (id INTEGER PRIMARY KEY);\n-- migrate:down\nDROP TABLE "return";\n',
  })
  const environments = await demo.api<{ items: { id: string; name: string }[] }>('/environments')
  const prod = environments.items.find(one => one.name === 'prod')?.id
  const databases = await demo.api<{ items: { id: string; environmentId: string }[] }>('/databases')
  await page.goto(`/databases/${databases.items.find(one => one.environmentId === prod)?.id}`)
  await page.getByRole('link', { name: '5 returns' }).waitFor()
  await page.getByRole('button', { name: 'Undo the newest version…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Undo the newest version of shop?' })
  await dialog.getByText('DROP TABLE "return";').waitFor()
  await dialog
    .getByText(/SQL review has no findings|[0-9]+ (error|warning|note)/)
    .first()
    .waitFor()
  const undo = dialog.getByRole('button', { name: 'Undo version 5' })
  expect(await undo.isDisabled()).toBe(true)
  await looksGood(page, 'undo')
  await dialog.getByLabel('Why is it undone?').fill('Orders are lost since this')
  await undo.click()
  await page.getByText('Version 5 is undone when its turn comes.').waitFor()
  const undone = page.getByRole('row').filter({ has: page.locator('[data-state="undone"]') })
  await undone.first().getByRole('link').first().click()
  await page.getByText('Orders are lost since this').first().waitFor()
  await page.getByText('The way back begins at line 4 and is all that runs here.').waitFor()
  await looksGood(page, 'undone')
})
