import { execFileSync } from 'node:child_process'
import { crc32 } from 'node:zlib'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launch, looksGood, signIn } from './support/browser'
import { type Demo, startDemo } from './support/demo'
import { addProvider, chooseRepository } from './support/flows'
import { push } from './support/git'

let browser: Browser
let demo: Demo
let page: Page

// Test has all and one that failed, staging an edited file and one whose table is gone, prod two files that ran by hand.
const files = [
  'CREATE TABLE client (id INTEGER PRIMARY KEY, "größe" TEXT);\n',
  'CREATE TABLE "order" (id INTEGER PRIMARY KEY);\n',
  'CREATE INDEX client_size ON client ("größe");\n',
  'CREATE TABLE visit (id INTEGER PRIMARY KEY);\n',
  "CREATE TABLE unit (name TEXT);\nINSERT INTO unit VALUES ('kg');\n",
  'CREATE TABLE broken (id INTEGER PRIMARY KEY);\n',
]
const nameOf = (version: number) => `V${version}__step.sql`
const sumOf = (version: number) => crc32((files[version - 1] ?? '').replaceAll('\n', '')) | 0

/** Runs SQL in the database of an environment, as Flyway or a person does. */
function sql(environment: string, text: string): string {
  const path = demo.info.databases.find(one => one.environment === environment)?.path ?? ''
  return execFileSync('sqlite3', ['-cmd', '.timeout 5000', path, text], { encoding: 'utf8' }).trim()
}

/** Makes a database: the files that ran, and those that Flyway names with a checksum and whether they succeeded. */
function migrate(environment: string, ran: number[], named: [version: number, sum?: number, success?: 0 | 1][]) {
  const rows = named.map(
    ([version, sum = sumOf(version), success = 1], i) =>
      `INSERT INTO flyway_schema_history VALUES (${i + 1}, '${version}', 'step', 'SQL', '${nameOf(version)}', ${sum}, 'jörg', '2026-01-0${version} 10:00:00', 3, ${success});`,
  )
  sql(
    environment,
    `CREATE TABLE flyway_schema_history (installed_rank INT PRIMARY KEY, version VARCHAR(50), description VARCHAR(200),
      type VARCHAR(20), script VARCHAR(1000), checksum INT, installed_by VARCHAR(100), installed_on TIMESTAMP,
      execution_time INT, success BOOLEAN);
    ${ran.map(version => files[version - 1]).join('')}${rows.join('')}`,
  )
}

beforeAll(async () => {
  browser = await launch()
  demo = await startDemo('--empty')
  push(
    demo.info,
    'Bring the files of Flyway',
    Object.fromEntries(files.map((text, i) => [`db/${nameOf(i + 1)}`, text])),
  )
  migrate('test', [1, 2, 3, 4, 5], [[1], [2], [3], [4], [5], [6, 0, 0]])
  migrate('staging', [1, 3], [[1], [2], [3, 4711]])
  migrate('prod', [1, 4, 5], [[1]])
  page = await signIn(browser, demo.info)
  await addProvider(page, demo.info)
  const projects = await demo.api<{ items: { id: string }[] }>('/projects')
  await chooseRepository(page, projects.items[0]?.id ?? '')
  await page.getByRole('button', { name: 'Choose acme/shop-db' }).click()
  await page.getByRole('button', { name: 'Use Flyway in db' }).click()
})
afterAll(async () => {
  await browser?.close()
  await demo?.stop()
})

const section = () => page.getByRole('region', { name: 'What Flyway has applied' })
const row = (environment: string) =>
  section()
    .getByRole('row')
    .filter({ has: page.getByRole('rowheader', { name: environment }) })
const box = (name: RegExp) => section().getByRole('checkbox', { name })
const submit = () => page.getByRole('button', { name: 'Link the repository' })

describe('a repository whose files Flyway has applied', () => {
  it('says what each database has', async () => {
    await row('test/shop').getByText('5 files applied, proved by checksum').waitFor()
    await row('test/shop').getByText('1 not finished').waitFor()
    await row('staging/shop').getByText('1 edited since').waitFor()
    await row('staging/shop').getByText('1 named, but').waitFor()
    await row('prod/shop').getByText('1 not named, but all that they make is there').waitFor()
    await section().getByText('staging/shop does not fit its history').waitFor()
    await section().getByText('has no table order').waitFor()
    await section().locator('summary').click()
  })

  it('previews what happens once that is recorded', async () => {
    const rows = page.getByRole('table', { name: 'Files and databases' }).getByRole('row')
    const planned = (name: string, environment: string) =>
      rows.filter({ hasText: name }).filter({ hasText: environment })
    await planned(nameOf(1), 'prod').getByText('Baselined').first().waitFor()
    await planned(nameOf(3), 'staging').getByText('Edited').first().waitFor()
    await planned(nameOf(6), 'test').getByText('Flyway did not finish it').first().waitFor()
    await planned(nameOf(2), 'prod').getByText('Held').first().waitFor()
  })

  it('fits a narrow screen', async () => {
    await page.setViewportSize({ width: 390, height: 844 })
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)
    await looksGood(page, 'histories-narrow')
    await page.setViewportSize({ width: 1280, height: 900 })
  })

  it('takes the choices by the keyboard', async () => {
    expect(await submit().isDisabled()).toBe(true)
    await box(/^Record them in staging\/shop anyway/).focus()
    await page.keyboard.press('Space')
    await expect.poll(() => submit().isDisabled()).toBe(false)
    expect(await box(/^Record also 1 file that/).isChecked()).toBe(true)
    expect(await box(/^Record also 1 file whose/).isChecked()).toBe(false)
    await box(/^Record what Flyway has applied/).focus()
    await page.keyboard.press('Space')
    await page.getByRole('table', { name: 'What the databases already have' }).waitFor()
    await page.keyboard.press('Space')
    await expect.poll(() => submit().isDisabled()).toBe(false)
  })

  it('links, and says where each change came from', async () => {
    await submit().click()
    await page.waitForURL(/\/gitops\/links\/[^/]+$/)
    const databases = await demo.api<{ items: { id: string; environmentId: string }[] }>('/databases')
    const texts: string[] = []
    for (const { id } of databases.items) {
      const changes = await demo.api<{ items: { id: string; version: string; recorded?: { text: string } }[] }>(
        `/databases/${id}/change-history`,
      )
      const recorded = changes.items.filter(change => change.recorded)
      texts.push(...recorded.map(change => `${change.version} ${change.recorded?.text}`))
      if (recorded[0]) await page.goto(`/databases/${id}/changes/${recorded[0].id}`)
    }
    expect(texts).toContain('4 Recorded because the database already had what it makes.')
    expect(texts.filter(text => text.startsWith('5 '))).toHaveLength(1)
    await page.getByText('Nothing ran.').waitFor()
    await looksGood(page, 'history-change')
  })

  it('warns while Flyway still runs, until somebody acknowledges it', async () => {
    sql(
      'prod',
      "INSERT INTO flyway_schema_history VALUES (9, '9', 'x', 'SQL', 'V9__x.sql', 1, 'jörg', '2026-02-01 10:00:00', 1, 1)",
    )
    const projects = await demo.api<{ items: { id: string }[] }>('/projects')
    const project = projects.items[0]?.id ?? ''
    const links = await demo.api<{ items: { id: string }[] }>(`/projects/${project}/repository-links`)
    await page.goto(`/projects/${project}/gitops/links/${links.items[0]?.id}`)
    await page.getByRole('button', { name: 'Sync now' }).click()
    await page.getByText('Another migration tool still changes these databases').waitFor()
    await looksGood(page, 'history-written')
    await page.getByRole('button', { name: 'Acknowledge' }).click()
    await page.getByText('Another migration tool still changes these databases').waitFor({ state: 'detached' })
  })
})
