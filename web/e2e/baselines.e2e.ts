import { execFileSync } from 'node:child_process'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launch, looksGood, signIn } from './support/browser'
import { type Demo, startDemo } from './support/demo'
import { addProvider, chooseBaseline, chooseRepository } from './support/flows'
import { push } from './support/git'

let browser: Browser
let demo: Demo
let page: Page

/** Runs SQL in the database of an environment, as somebody beside Towpath does. */
function sql(environment: string, text: string): string {
  const path = demo.info.databases.find(one => one.environment === environment)?.path ?? ''
  return execFileSync('sqlite3', ['-cmd', '.timeout 5000', path, text], { encoding: 'utf8' }).trim()
}

// Another tool has brought test to version 5, staging to 4 and prod to 3. What version 3 changed, no table shows.
const customers = `CREATE TABLE customer (id INTEGER PRIMARY KEY, name TEXT, email TEXT);
  INSERT INTO customer VALUES (1, 'Ada Lock', 'ada@example.com'), (2, 'Ben Weir', 'ben@example.com');
  CREATE TABLE orders (id INTEGER PRIMARY KEY, customer_id INTEGER);
  CREATE INDEX orders_customer ON orders (customer_id);`
const basket = 'CREATE TABLE "Körbe" (id INTEGER PRIMARY KEY);'
const phone = 'ALTER TABLE customer ADD COLUMN phone TEXT;'

beforeAll(async () => {
  browser = await launch()
  demo = await startDemo('--empty')
  push(demo.info, 'Add baskets and phone numbers', {
    'migrations/shop/4__ddl__baskets.sql': basket,
    'migrations/shop/5__ddl__add_phone.sql': phone,
  })
  sql('test', customers + basket + phone)
  sql('staging', customers + basket)
  sql('prod', customers)
  page = await signIn(browser, demo.info)
  await addProvider(page, demo.info)
})
afterAll(async () => {
  await browser?.close()
  await demo?.stop()
})

const row = (environment: string) =>
  page.getByRole('rowgroup').filter({ has: page.getByRole('rowheader', { name: environment, exact: true }) })
const chosen = (environment: string) =>
  page.getByRole('combobox', { name: `What has run in ${environment}/shop` }).inputValue()
const submit = () => page.getByRole('button', { name: 'Link the repository' })

describe('a repository whose files another tool has run', () => {
  it('proposes for each database what it shows', async () => {
    const projects = await demo.api<{ items: { id: string }[] }>('/projects')
    await chooseRepository(page, projects.items[0]?.id ?? '')
    await page.getByRole('button', { name: 'Choose acme/shop-db' }).click()
    await page.getByRole('table', { name: 'What the databases already have' }).waitFor()
    expect([await chosen('test'), await chosen('staging'), await chosen('prod')]).toEqual(['Up to 5', 'Up to 4', ''])
    await row('staging').getByText('Not 5: it has no column customer.phone.').waitFor()
    await row('prod').getByText('Fits 2 and 3: its tables look the same in each.').waitFor()
    await page.getByText('Choose above what prod/shop has.').waitFor()
    expect(await submit().isDisabled()).toBe(true)
    await looksGood(page, 'baselines')
  })

  it('refuses a contradicted choice at its row until somebody means it', async () => {
    await chooseBaseline(page, 'prod/shop', 'Up to 3')
    await expect.poll(() => submit().isDisabled()).toBe(false)
    await chooseBaseline(page, 'staging/shop', 'Up to 5 (does not fit)')
    await row('staging')
      .getByText('It has no column customer.phone, which migrations/shop/5__ddl__add_phone.sql makes.')
      .waitFor()
    await page.getByText('Choose above what staging/shop has.').waitFor()
    expect(await submit().isDisabled()).toBe(true)
    await row('staging')
      .getByLabel('Record everything up to 5 as applied, although column customer.phone is missing')
      .check()
    await expect.poll(() => submit().isDisabled()).toBe(false)
    await looksGood(page, 'baselines-despite')
    await page.setViewportSize({ width: 390, height: 844 })
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)
    await looksGood(page, 'baselines-narrow')
    await page.setViewportSize({ width: 1280, height: 900 })
  })

  it('puts what the server refuses at the row that it is about', async () => {
    sql('prod', 'ALTER TABLE orders RENAME TO elsewhere')
    await submit().click()
    await row('prod').getByText('the database has no table orders').waitFor()
    await page.getByText('Nothing was linked').waitFor()
    await looksGood(page, 'baselines-refused')
    sql('prod', 'ALTER TABLE elsewhere RENAME TO orders')
  })

  it('runs only what each database lacks', async () => {
    await submit().click()
    await page.getByRole('heading', { name: 'acme/shop-db' }).waitFor()
    await page.getByText('Every matching file is in its databases.').waitFor({ timeout: 20_000 })
    const tables = (environment: string) => sql(environment, "SELECT count(*) FROM sqlite_master WHERE name = 'Körbe'")
    const columns = (environment: string) =>
      sql(environment, "SELECT count(*) FROM pragma_table_info('customer') WHERE name = 'phone'")
    for (const [environment, phones] of [
      ['test', '1'],
      ['staging', '0'], // recorded, although it is missing
      ['prod', '1'],
    ] as const) {
      expect([environment, tables(environment), columns(environment)]).toEqual([environment, '1', phones])
      expect(sql(environment, 'SELECT count(*) FROM customer')).toBe('2')
    }
    const audit = await demo.api<{ items: { act: string; text: string }[] }>('/audit-events?pageSize=5')
    expect(audit.items.find(event => event.act === 'repository-link.despite')?.text).toContain('staging/')
  })
})
