import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { launch, looksGood, signIn } from './support/browser'
import { type Demo, startDemo } from './support/demo'
import { push } from './support/git'

let browser: Browser
let demo: Demo
let page: Page

// MariaDB commits each statement by itself, so that a file can be in a database in part.
beforeAll(async () => {
  browser = await launch()
  demo = await startDemo('--mariadb')
  page = await signIn(browser, demo.info)
})
afterAll(async () => {
  await browser?.close()
  await demo?.stop()
})

const file = 'migrations/shop/4__ddl__baskets.sql'
const stages = () => page.getByRole('list', { name: 'Stages' })

/** Pushes a text of the file and opens the task of the first stage. */
async function openTask(message: string, text: string) {
  push(demo.info, message, { [file]: text })
  await page.goto('/rollouts')
  await page.getByRole('link', { name: message }).click()
  await stages().getByRole('listitem', { name: 'Stage test' }).getByRole('link').click()
  await page.waitForURL('**/tasks/*')
}

it('asks a person when nobody can tell what a changed file has done, and says truly what follows', async () => {
  await openTask('Add baskets', 'CREATE TABLE basket (id INT PRIMARY KEY);\nALTER TABLE nowhere ADD COLUMN x INT;\n')
  await page.locator('[data-state="failed"]').first().waitFor()

  await openTask(
    'Add baskets again',
    'CREATE TABLE IF NOT EXISTS basket (id INT PRIMARY KEY);\nCREATE TABLE basket_item (id INT PRIMARY KEY);\n',
  )
  await page.getByText('Check the database').waitFor()
  expect(await page.getByText('1 of 2 statements are in the database').count()).toBe(1)
  await looksGood(page, 'task-unknown')
  await page.getByRole('button', { name: 'It was applied' }).click()
  await page.getByRole('dialog').getByText('nothing of it runs again').waitFor()
  await page.getByRole('button', { name: 'Cancel' }).click()
  await page.getByRole('button', { name: 'Run it again' }).click()
  await page.getByRole('dialog').getByText('it runs from the start').waitFor()
  await page.getByRole('dialog').getByRole('button', { name: 'Run it again' }).click()
  await page.getByRole('heading', { name: 'baskets' }).locator('..').locator('[data-state="done"]').waitFor()
})
