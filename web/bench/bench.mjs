// Measures the console of a demo: bytes of the first load, largest contentful paint, and Lighthouse's scores. Run by `npm run bench`
// in this folder, with the program at ../../bin/towpath or in TOWPATH_BIN. Each line ends with ok or short of its goal.
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import lighthouse, { desktopConfig } from 'lighthouse'
import { chromium } from 'playwright-core'

const binary = process.env.TOWPATH_BIN ?? join(import.meta.dirname, '..', '..', 'bin', 'towpath')
const dir = mkdtempSync(join(tmpdir(), 'towpath-bench-'))
const info = join(dir, 'info.json')
const program = spawn(
  binary,
  ['demo', '--listen', '127.0.0.1:0', '--bitbucket-listen', 'localhost:0', '--info', info],
  { stdio: 'ignore' },
)

/** Prints a measure; lower is better when the goal is a bound, higher when it is a score. */
function bench(name, value, goal, unit, lower) {
  const ratio = lower ? goal / value : value / goal
  console.log(
    `bench: ${name} ratio=${ratio.toFixed(2)} goal=1 ${ratio >= 1 ? 'ok' : 'short'} (${value} ${unit}, goal ${goal} ${unit})`,
  )
}

try {
  while (!existsSync(info) || readFileSync(info, 'utf8') === '') await new Promise(resolve => setTimeout(resolve, 50))
  const { consoleUrl, email, password } = JSON.parse(readFileSync(info, 'utf8'))
  const port = 20000 + Math.floor(Math.random() * 20000)
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', `--remote-debugging-port=${port}`],
  })
  const context = await browser.newContext({ viewport: { width: 1350, height: 940 } })
  const page = await context.newPage()
  await page.goto(`${consoleUrl}/sign-in`)
  await page.getByLabel('Email').fill(email)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('table', { name: 'Rollouts' }).waitFor()
  const cookie = (await context.cookies()).map(one => `${one.name}=${one.value}`).join('; ')

  const cold = await browser.newContext({ extraHTTPHeaders: { cookie }, viewport: { width: 1350, height: 940 } })
  const first = await cold.newPage()
  let bytes = 0
  const network = await cold.newCDPSession(first)
  await network.send('Network.enable')
  network.on('Network.loadingFinished', event => {
    bytes += event.encodedDataLength
  })
  await first.goto(`${consoleUrl}/rollouts`)
  await first.getByRole('table', { name: 'Rollouts' }).waitFor()
  const paint = await first.evaluate(
    () =>
      new Promise(resolve => {
        new PerformanceObserver(list => resolve(list.getEntries().at(-1).startTime)).observe({
          type: 'largest-contentful-paint',
          buffered: true,
        })
      }),
  )
  bench('console-first-load', Math.round(bytes / 1024), 230, 'KB', true)
  bench('console-largest-paint', Math.round(paint), 1000, 'ms', true)
  await cold.close()

  const result = await lighthouse(
    `${consoleUrl}/rollouts`,
    {
      port,
      output: 'json',
      logLevel: 'error',
      extraHeaders: { Cookie: cookie },
      onlyCategories: ['performance', 'accessibility', 'best-practices'],
    },
    desktopConfig,
  )
  const goals = { performance: 95, accessibility: 100, 'best-practices': 100 }
  for (const [name, goal] of Object.entries(goals))
    bench(`console-lighthouse-${name}`, Math.round(result.lhr.categories[name].score * 100), goal, 'points', false)
  for (const audit of Object.values(result.lhr.audits)) {
    if (audit.score !== null && audit.score < 0.9 && audit.scoreDisplayMode === 'binary')
      console.log(`  ${audit.id}: ${audit.title}`)
  }
  await browser.close()
} finally {
  program.kill('SIGINT')
  await new Promise(resolve => program.once('exit', resolve))
  rmSync(dir, { recursive: true, force: true })
}
