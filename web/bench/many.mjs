// Measures the pages of a large workspace, which BenchmarkConsole seeds: for each page, with nothing in the browser's cache, the
// largest paint, the time until what the page is about is there, the bytes of the page's data, and its requests and bytes with the
// code. Of three times, the middle one.
import { mkdirSync } from 'node:fs'
import { chromium } from 'playwright-core'
import { bench } from './demo.mjs'

const { TOWPATH_URL: url, TOWPATH_EMAIL, TOWPATH_PASSWORD, TOWPATH_PAGES, SCREENSHOTS } = process.env

/** What a page is about; its last row where it is a list. */
const subjects = {
  start: page => page.getByRole('table', { name: 'Projects by environment' }).getByRole('row').nth(20),
  inbox: page => page.getByRole('list', { name: 'Waiting for you' }).getByRole('button', { name: 'Approve' }).nth(5),
  'project-1000': page => page.getByRole('table', { name: 'Rollouts' }).getByRole('row').nth(2),
  'databases-1000': page => page.getByRole('list', { name: 'Groups of equal databases' }).getByRole('listitem').last(),
  'rollout-1000-waiting': page => page.getByRole('region', { name: 'Gate of prod' }),
  'rollout-1000-failed': page =>
    page.getByRole('list', { name: 'Stages' }).getByRole('listitem', { name: 'Stage prod' }),
}

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
})
try {
  const state = await signIn()
  for (const [name, path] of TOWPATH_PAGES.split(',').map(page => page.split('='))) {
    const looks = []
    for (let n = 0; n < 3; n++) looks.push(await look(state, name, path))
    const middle = key => looks.map(one => one[key]).sort((a, b) => a - b)[1]
    bench(`console-${name}-largest-paint`, middle('paint'), 1000, 'ms', true)
    bench(`console-${name}-there`, middle('there'), 1000, 'ms', true)
    bench(`console-${name}-data`, Math.max(1, Math.round(middle('data') / 1024)), 200, 'KB', true)
    bench(`console-${name}-load`, Math.round(middle('bytes') / 1024), 350, 'KB', true)
    bench(`console-${name}-requests`, middle('requests'), 40, 'requests', true)
  }
} finally {
  await browser.close()
}

async function signIn() {
  const context = await browser.newContext({ baseURL: url })
  const page = await context.newPage()
  await page.goto('/sign-in')
  await page.getByLabel('Email').fill(TOWPATH_EMAIL)
  await page.getByLabel('Password', { exact: true }).fill(TOWPATH_PASSWORD)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('navigation', { name: 'Main' }).waitFor()
  const state = await context.storageState()
  await context.close()
  return state
}

async function look(storageState, name, path) {
  const context = await browser.newContext({ storageState, baseURL: url, viewport: { width: 1350, height: 940 } })
  const page = await context.newPage()
  const network = await context.newCDPSession(page)
  await network.send('Network.enable')
  const ofData = new Set()
  let [data, bytes, requests] = [0, 0, 0]
  network.on('Network.responseReceived', ({ requestId, response }) => {
    if (new URL(response.url).pathname.startsWith('/api/')) ofData.add(requestId)
  })
  network.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    requests++
    bytes += encodedDataLength
    if (ofData.has(requestId)) data += encodedDataLength
  })
  await page.goto(path)
  await subjects[name](page).waitFor({ timeout: 60_000 })
  const there = Math.round(await page.evaluate(() => performance.now()))
  await page.waitForTimeout(300)
  const paint = await page.evaluate(
    () =>
      new Promise(resolve => {
        new PerformanceObserver(list => resolve(list.getEntries().at(-1).startTime)).observe({
          type: 'largest-contentful-paint',
          buffered: true,
        })
      }),
  )
  if (SCREENSHOTS) await pictures(page, name)
  await context.close()
  return { paint: Math.round(paint), there, data, bytes, requests }
}

/** Pictures in light, in dark, and on a phone, in the folder SCREENSHOTS. */
async function pictures(page, name) {
  mkdirSync(SCREENSHOTS, { recursive: true })
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme })
    await page.screenshot({ path: `${SCREENSHOTS}/${name}-${colorScheme}.png` })
  }
  await page.emulateMedia({ colorScheme: 'light' })
  await page.setViewportSize({ width: 390, height: 844 })
  await page.screenshot({ path: `${SCREENSHOTS}/${name}-390.png` })
}
