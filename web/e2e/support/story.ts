import { join } from 'node:path'
import type { Page, Response } from 'playwright-core'
import { expect } from 'vitest'
import { out, signInAtBitbucket } from './browser'
import type { DemoInfo } from './demo'

/** Opens the page of a commit at the simulated Bitbucket. */
export async function openCommit(page: Page, info: DemoInfo, url: string): Promise<Page> {
  const commit = await page.context().newPage()
  await commit.goto(`${info.bitbucketUrl}/account/signin/?next=${new URL(url).pathname}`)
  await signInAtBitbucket(commit, info)
  await commit.getByRole('heading', { name: 'Builds' }).waitFor()
  return commit
}

/** Prints what a person's page writes by the API, until the function that it returns is called. */
export function follow(who: string, page: Page): () => void {
  const print = (answer: Response) => {
    const { pathname } = new URL(answer.url())
    const method = answer.request().method()
    if (method === 'GET' || !pathname.startsWith('/api/')) return
    console.log(`trace: ${who}: ${method} ${pathname.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '…')} ${answer.status()}`)
  }
  page.on('response', print)
  return () => page.off('response', print)
}

/** Waits until the commit says something of an environment, and prints all that it says. Takes pictures for SCREENSHOTS. */
export async function moment(name: string, page: Page, commit: Page, says: RegExp) {
  const builds = async () => {
    await commit.reload()
    const rows = await commit.getByRole('table').first().locator('tbody tr').allInnerTexts()
    return rows.map(row => row.replaceAll(/\s+/g, ' '))
  }
  await expect.poll(async () => (await builds()).join('\n'), { timeout: 20_000, interval: 200 }).toMatch(says)
  for (const build of await builds()) console.log(`trace: ${name}: ${build}`)
  if (process.env.SCREENSHOTS) await pictures(page, `story-${name}`)
}

async function pictures(page: Page, name: string) {
  const shot = (how: string) =>
    page.screenshot({ path: join(out, `${name}-${how}.png`), fullPage: true, animations: 'disabled' })
  await shot('light')
  await page.emulateMedia({ colorScheme: 'dark' })
  await shot('dark')
  await page.emulateMedia({ colorScheme: 'light' })
  await page.setViewportSize({ width: 390, height: 844 })
  await shot('390')
  await page.setViewportSize({ width: 1280, height: 900 })
}
