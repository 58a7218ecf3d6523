// Starts a demo with a browser that is signed in, and prints measures as `bench:` lines.
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium } from 'playwright-core'

const binary = process.env.TOWPATH_BIN ?? join(import.meta.dirname, '..', '..', 'bin', 'towpath')

/** Prints a measure; lower is better when the goal is a bound, higher when it is a score. */
export function bench(name, value, goal, unit, lower) {
  const ratio = lower ? goal / value : value / goal
  console.log(
    `bench: ${name} ratio=${ratio.toFixed(2)} goal=1 ${ratio >= 1 ? 'ok' : 'short'} (${value} ${unit}, goal ${goal} ${unit})`,
  )
}

/** Runs work with a demo's addresses, a browser and a page that is signed in, and ends all of them. */
export async function withDemo(args, browserArgs, work) {
  const dir = mkdtempSync(join(tmpdir(), 'towpath-bench-'))
  const file = join(dir, 'info.json')
  const program = spawn(
    binary,
    ['demo', '--listen', '127.0.0.1:0', '--bitbucket-listen', 'localhost:0', '--info', file, ...args],
    { stdio: 'ignore' },
  )
  let browser
  try {
    while (!existsSync(file)) {
      if (program.exitCode !== null) throw new Error(`${binary} did not start`)
      await new Promise(resolve => setTimeout(resolve, 50))
    }
    const info = JSON.parse(readFileSync(file, 'utf8'))
    browser = await chromium.launch({
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', ...browserArgs],
    })
    const context = await browser.newContext({ viewport: { width: 1350, height: 940 }, baseURL: info.consoleUrl })
    const page = await context.newPage()
    await page.goto('/sign-in')
    await page.getByLabel('Email').fill(info.email)
    await page.getByLabel('Password', { exact: true }).fill(info.password)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('navigation', { name: 'Main' }).waitFor()
    await work({ info, browser, context, page })
  } finally {
    await browser?.close()
    if (program.exitCode === null) {
      const done = new Promise(resolve => program.once('exit', resolve))
      program.kill('SIGINT')
      await done
    }
    rmSync(dir, { recursive: true, force: true })
  }
}
