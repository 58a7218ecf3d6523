import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launch, signIn } from './support/browser'
import { type Demo, startDemo } from './support/demo'

let browser: Browser
let demo: Demo
let page: Page

beforeAll(async () => {
  browser = await launch()
  demo = await startDemo('--empty')
  page = await signIn(browser, demo.info)
})
afterAll(async () => {
  await browser?.close()
  await demo?.stop()
})

/** Presses Tab until the named control has the focus. */
async function tabTo(window: Page, name: string | RegExp) {
  for (let presses = 0; presses < 60; presses++) {
    const found = await window.evaluate(() => {
      const active = document.activeElement
      const labels =
        active instanceof HTMLInputElement ? [...(active.labels ?? [])].map(label => label.textContent) : []
      return [active?.getAttribute('aria-label'), ...labels, active?.textContent].find(Boolean)?.trim() ?? ''
    })
    if (typeof name === 'string' ? found === name : name.test(found)) return
    await window.keyboard.press('Tab')
  }
  throw new Error(`Tab does not reach ${name}`)
}

async function press(window: Page, name: string | RegExp, key = 'Enter') {
  await tabTo(window, name)
  await window.keyboard.press(key)
}

async function type(window: Page, name: string | RegExp, text: string) {
  await tabTo(window, name)
  await window.keyboard.press('Control+a')
  await window.keyboard.type(text)
}

/** Goes somewhere by the command palette. */
async function go(letters: string, place: string | RegExp) {
  await page.keyboard.press('Control+k')
  await page.getByRole('combobox', { name: 'Go to a page' }).waitFor()
  await page.keyboard.type(letters)
  await expect.poll(() => page.getByRole('option', { selected: true }).textContent()).toMatch(place)
  await page.keyboard.press('Enter')
}

describe('by keyboard alone', () => {
  it('adds a Git provider', async () => {
    await go('add a git', 'Add a Git provider')
    await page.getByRole('button', { name: 'Next' }).waitFor()
    await press(page, 'Next')
    await page.getByLabel('Application ID').waitFor()
    await type(page, 'Application ID', demo.info.applicationId)
    await type(page, 'Secret', demo.info.secret)
    const opened = page.context().waitForEvent('page')
    await page.keyboard.press('Enter')
    const bitbucket = await opened
    await bitbucket.getByLabel('Password').waitFor()
    await bitbucket.keyboard.type(demo.info.gitUser)
    await bitbucket.keyboard.press('Tab')
    await bitbucket.keyboard.type(demo.info.gitPassword)
    await bitbucket.keyboard.press('Enter')
    await bitbucket.getByRole('button', { name: 'Grant access' }).waitFor()
    await press(bitbucket, 'Grant access')
    await page.getByText('OAuth info is correct').waitFor()
    await press(page, 'Confirm and add')
    await page.getByRole('table', { name: 'Git providers' }).waitFor()
  })

  it('opens a row with j, k and Enter', async () => {
    await page.goto('/databases')
    const rows = page.getByRole('table', { name: 'Databases' }).getByRole('row')
    await rows.nth(3).waitFor()
    await rows.nth(1).focus()
    await page.keyboard.press('j')
    await page.keyboard.press('j')
    await page.keyboard.press('k')
    expect(await rows.nth(2).evaluate(row => row === document.activeElement)).toBe(true)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Change history' }).waitFor()
  })

  it('links a repository', async () => {
    await go('shop gitops', 'Shop: GitOps')
    await page.getByRole('link', { name: 'Link a repository' }).waitFor()
    await press(page, 'Link a repository')
    await page.getByRole('button', { name: /^Continue as / }).waitFor()
    await press(page, /^Continue as /)
    await page.getByRole('table', { name: 'Repositories' }).waitFor()
    await page.keyboard.type('shop')
    await press(page, 'Choose acme/shop-db')
    await page.getByRole('table', { name: 'What the databases already have' }).waitFor()
    await type(page, 'What has run in test/shop', 'Up to 3')
    // the list slides in, and keys reach nothing before it is there
    await page.getByRole('option', { name: /^Up to 3/ }).waitFor()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await page.getByLabel(/^Record everything up to 3 as applied/).waitFor()
    await press(page, /^Record everything up to 3 as applied/, 'Space')
    await page.getByRole('button', { name: 'Link the repository', disabled: false }).waitFor()
    await press(page, 'Link the repository')
    // the form has a heading of this name too
    await page.getByRole('heading', { name: 'acme/shop-db', level: 1 }).waitFor()
  })

  it('finds a database, a rollout and a repository by their names', async () => {
    await go('shop staging', 'shop staging, SQLite staging')
    await page.getByRole('heading', { name: 'Change history' }).waitFor()
    await go("create the shop's", /^Create the shop's tables [0-9a-f]{7}$/)
    await page.getByRole('list', { name: 'Stages' }).waitFor()
    await go('acme/', 'acme/shop-db main')
    await page.getByRole('heading', { name: 'acme/shop-db' }).waitFor()
  })
})
