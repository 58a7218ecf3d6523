import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launch, looksGood, signIn } from './support/browser'
import { type Demo, startDemo } from './support/demo'
import { addProvider, chooseRepository } from './support/flows'
import { push } from './support/git'

let browser: Browser
let demo: Demo
let page: Page

beforeAll(async () => {
  browser = await launch()
  demo = await startDemo('--empty')
  push(demo.info, 'Bring the files of other tools', {
    'order ü/db/migration/V1__customer.sql': 'CREATE TABLE client (id INTEGER PRIMARY KEY);\n',
    'order ü/db/migration/V2__phone.sql': 'ALTER TABLE client ADD COLUMN phone TEXT;\n',
    'order ü/db/migration/V3__name.sql': 'ALTER TABLE client ADD COLUMN name TEXT;\n',
    'order ü/db/migration/V4__mail.sql': 'ALTER TABLE client ADD COLUMN mail TEXT;\n',
    'order ü/db/migration/U1__customer.sql': 'DROP TABLE client;\n',
    'order ü/db/migration/R__view.sql': 'CREATE VIEW nobody AS SELECT 1;\n',
    'billing/migrations/1_bill.up.sql': 'CREATE TABLE bill (id INTEGER PRIMARY KEY);\n',
    'billing/migrations/1_bill.down.sql': 'DROP TABLE bill;\n',
    'legacy/db/migrate/20240131120000_create_old.rb': '# nothing\n',
  })
  page = await signIn(browser, demo.info)
  await addProvider(page, demo.info)
  const projects = await demo.api<{ items: { id: string }[] }>('/projects')
  await chooseRepository(page, projects.items[0]?.id ?? '')
  await page.getByRole('button', { name: 'Choose acme/shop-db' }).click()
})
afterAll(async () => {
  await browser?.close()
  await demo?.stop()
})

const found = () => page.getByRole('region', { name: 'Found in the repository' })
const flyway = () => page.getByRole('button', { name: 'Use Flyway in order ü/db/migration' })
const files = (name: string) => page.getByRole('button', { name, exact: true })

describe('a repository with files of other tools', () => {
  it('says what it has found, with counts', async () => {
    await found().getByText('Flyway: 5 files fit, 1 is left out').waitFor()
    await found().getByText('golang-migrate: 1 file fits, 1 is left out').waitFor()
    await found().getByText('These are Rails migrations').waitFor()
    expect(await found().getByRole('button', { name: /Rails/ }).count()).toBe(0)
    await looksGood(page, 'link-presets')
  })

  it('leads to what the documentation says of the tool', async () => {
    const opened = page.waitForEvent('popup')
    await found().getByRole('link', { name: 'How to move from Flyway' }).click()
    const docs = await opened
    await docs.getByRole('heading', { name: 'Moving from Flyway' }).waitFor()
    await looksGood(docs, 'docs-flyway')
    await docs.getByRole('searchbox').fill('undo version')
    await docs.getByRole('link', { name: /^Operate: Undo a version/ }).click()
    await docs.getByRole('heading', { name: 'Undo a version' }).waitFor()
    await docs.setViewportSize({ width: 390, height: 844 })
    expect(await docs.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)
    await docs.close()
  })

  it('takes one by the keyboard, and the preview follows', async () => {
    expect(await flyway().getAttribute('aria-pressed')).toBe('false')
    await flyway().focus()
    await page.keyboard.press('Enter')
    await expect.poll(() => flyway().getAttribute('aria-pressed')).toBe('true')
    expect(await page.getByLabel('Base directory').inputValue()).toBe('order ü/db/migration')
    expect(await page.getByLabel('File path template').inputValue()).toBe(
      'V{{VERSION}}__{{DESCRIPTION}}.sql | R__{{DESCRIPTION}}.sql',
    )
    expect(await page.getByLabel('Excluded files').inputValue()).toBe('U*__*.sql')
    await files('5 matching files').waitFor()
  })

  it('counts and names what is left out', async () => {
    await page.getByText(/· 1 excluded file$/).waitFor()
    await files('1 ignored file').click()
    await page.getByText('The file is excluded by “U*__*.sql”.').waitFor()
    await looksGood(page, 'link-preset-taken')
  })

  it('stays editable, also where the settings do not fit', async () => {
    await page.getByLabel('Excluded files').fill('U*__*.sql\nV4__*.sql')
    await files('4 matching files').waitFor()
    expect(await flyway().getAttribute('aria-pressed')).toBe('false')
    await page.getByLabel('Excluded files').fill('../x')
    await page.getByText('"../x" is not a pattern of paths').first().waitFor()
    await flyway().click()
    await files('5 matching files').waitFor()
  })

  it('fits a narrow screen', async () => {
    await page.setViewportSize({ width: 390, height: 844 })
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)
    await looksGood(page, 'link-presets-narrow')
    await page.setViewportSize({ width: 1280, height: 900 })
  })

  it('links what was taken, and shows it', async () => {
    for (const environment of ['test', 'staging', 'prod']) {
      const choice = page.getByRole('combobox', { name: `What has run in ${environment}/shop` })
      if ((await choice.count()) > 0 && (await choice.inputValue()) === '') {
        await choice.click()
        await page.getByRole('option', { name: /^Nothing: run every file/ }).click()
      }
    }
    await page.getByRole('button', { name: 'Link the repository' }).click()
    await page.getByRole('heading', { name: 'acme/shop-db' }).waitFor()
    await page.getByRole('definition').filter({ hasText: 'U*__*.sql' }).waitFor()
    await page.goto(`${page.url()}/edit`)
    await flyway().waitFor()
    expect(await flyway().getAttribute('aria-pressed')).toBe('true')
    expect(await page.getByLabel('Excluded files').inputValue()).toBe('U*__*.sql')
  })
})
