import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import AxeBuilder from '@axe-core/playwright'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { expect } from 'vitest'
import type { DemoInfo } from './demo'

/** Where screenshots go. */
export const out = join(import.meta.dirname, '..', 'out')

/** Starts Debian's Chromium. */
export function launch(): Promise<Browser> {
  mkdirSync(out, { recursive: true })
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  })
}

/** A fresh browser profile at the sign-in, signed in as the demo's owner. */
export async function signIn(browser: Browser, info: DemoInfo, scheme: 'light' | 'dark' = 'light'): Promise<Page> {
  const context = await browser.newContext({
    colorScheme: scheme,
    viewport: { width: 1280, height: 900 },
    baseURL: info.consoleUrl,
  })
  context.setDefaultTimeout(20_000)
  const page = await context.newPage()
  await page.goto('/')
  await page.getByLabel('Email').fill(info.email)
  await page.getByLabel('Password', { exact: true }).fill(info.password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('navigation', { name: 'Main' }).waitFor()
  return page
}

/** Signs in at the simulated Bitbucket in a window, as its owner. */
export async function signInAtBitbucket(window: Page, info: DemoInfo) {
  await window.getByLabel('Username or email').fill(info.gitUser)
  await window.getByLabel('Password').fill(info.gitPassword)
  await window.getByRole('button', { name: 'Log in' }).click()
}

/** The rules of axe that depend on colors, and so on the color scheme. */
const colored = ['color-contrast', 'link-in-text-block']

/**
 * Fails on serious findings of axe in light and, for what depends on colors, in dark. Takes a picture
 * of each when SCREENSHOTS is set.
 */
export async function looksGood(page: Page, name: string) {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    if (process.env.SCREENSHOTS) {
      await page.screenshot({ path: join(out, `${name}-${colorScheme}.png`), fullPage: true, animations: 'disabled' })
    }
    const axe = new AxeBuilder({ page })
    const { violations } = await (colorScheme === 'dark' ? axe.withRules(colored) : axe).analyze()
    const serious = violations.filter(found => found.impact === 'serious' || found.impact === 'critical')
    expect(
      serious.map(found => `${name} ${colorScheme}: ${found.id} at ${found.nodes.map(node => node.target).join(', ')}`),
    ).toEqual([])
  }
  await page.emulateMedia({ colorScheme: 'light' })
}

/** The same on a phone, where the page must not be wider than the screen. */
export async function looksGoodOnPhone(page: Page, name: string) {
  const before = page.viewportSize() ?? { width: 1280, height: 900 }
  await page.setViewportSize({ width: 390, height: 844 })
  await looksGood(page, `${name}-phone`)
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)
  await page.setViewportSize(before)
}

/** Keeps a text beside the screenshots, when SCREENSHOTS is set. */
export function keepText(name: string, text: string) {
  if (process.env.SCREENSHOTS) writeFileSync(join(out, name), text)
}

/** Where the documentation has its pictures. */
const pictures = join(import.meta.dirname, '..', '..', '..', 'docs', 'setup', 'images')

/**
 * Takes a picture of what is to be seen for the documentation, when SCREENSHOTS is set. The addresses of the demo, which change
 * from run to run, are shown as those of a real server.
 */
export async function picture(page: Page, info: DemoInfo, name: string) {
  if (!process.env.SCREENSHOTS) return
  mkdirSync(pictures, { recursive: true })
  const shown = [
    [info.consoleUrl, 'https://towpath.example.com'],
    [info.bitbucketUrl, 'https://bitbucket.org'],
    [new URL(info.bitbucketUrl).host, 'bitbucket.org'],
  ] as const
  await exchange(page, shown)
  const height = await page.evaluate(
    () => (document.querySelector('main')?.getBoundingClientRect().bottom ?? 0) + scrollY,
  )
  await page.screenshot({
    path: join(pictures, `${name}.png`),
    fullPage: true,
    animations: 'disabled',
    caret: 'hide',
    clip: { x: 0, y: 0, width: 1280, height: Math.min(Math.ceil(height), 900) },
  })
  await exchange(
    page,
    shown.map(([real, word]) => [word, real] as const),
  )
}

/** Exchanges words in every text of the page. */
async function exchange(page: Page, words: readonly (readonly [string, string])[]) {
  await page.evaluate(pairs => {
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    for (let node = texts.nextNode(); node; node = texts.nextNode()) {
      let text = node.nodeValue ?? ''
      for (const [from, to] of pairs) text = text.replaceAll(from, to)
      if (text !== node.nodeValue) node.nodeValue = text
    }
  }, words)
}

/** Gives every page of Bitbucket the header that cuts the tie between the windows. */
export async function isolateBitbucket(context: BrowserContext, info: DemoInfo) {
  await context.route(`${info.bitbucketUrl}/**`, async route => {
    const answer = await route.fetch({ maxRedirects: 0 })
    await route.fulfill({
      response: answer,
      headers: { ...answer.headers(), 'cross-origin-opener-policy': 'same-origin' },
    })
  })
}
