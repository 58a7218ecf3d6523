import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launch, looksGood, signIn } from './support/browser'
import { type Demo, startDemo } from './support/demo'
import { signInAsMember } from './support/flows'
import { countForever, push } from './support/git'

let browser: Browser
let demo: Demo
let page: Page
let project: string

beforeAll(async () => {
  browser = await launch()
  demo = await startDemo()
  page = await signIn(browser, demo.info)
  const projects = await demo.api<{ items: { id: string }[] }>('/projects')
  project = projects.items[0]?.id ?? ''
})
afterAll(async () => {
  await browser?.close()
  await demo?.stop()
})

const applies = () => page.locator('dl[aria-label="What applies"]')
const lock = () => page.getByLabel('Wait for locks at most')
const statement = () => page.getByLabel('Stop a statement after')
const save = () => page.getByRole('button', { name: 'Save' }).click()

describe('the limits of an environment', () => {
  it('are shown with where they come from, and errors stand under their fields', async () => {
    await page.goto('/environments')
    await page.getByText('Waits 3 s for locks, stops a statement after 15 min').first().waitFor()
    await page.getByRole('link', { name: 'test', exact: true }).click()
    await applies().getByText("3 s the server's own").waitFor()
    await applies().getByText("15 min the server's own").waitFor()
    expect(await lock().getAttribute('placeholder')).toBe('as the server: 3 s')

    await lock().fill('soon')
    await save()
    await page.getByText('“soon” is not a duration.').waitFor()
    await lock().fill('10s')
    await page.getByLabel('Waiting for locks').fill('5s')
    await statement().fill('8 d')
    await save()
    await page.getByText('Give at most 168h').waitFor()
    await statement().fill('1s')
    await save()
    await page.getByText('10s is more than files and projects may ask for here, which is 5s.').waitFor()
    await looksGood(page, 'environment-limits-wrong')
  })

  it('are saved, and hold for what is pushed next', async () => {
    await lock().fill('2s')
    await page.getByLabel('One statement').fill('10 min')
    await save()
    await page.getByText('The limits of test are saved.').waitFor()
    await applies().getByText('2 s set for the environment').waitFor()
    await applies().getByText('1 s set for the environment').waitFor()
    await applies().getByText('5 s of waiting for locks, 10 min for one statement').waitFor()
    await looksGood(page, 'environment-limits')
    await page.reload()
    expect(await lock().inputValue()).toBe('2 s')

    push(demo.info, 'Count for too long', { 'migrations/shop/4__ddl__count.sql': countForever })
    await page.goto('/rollouts')
    await page.getByRole('link', { name: 'Count for too long' }).click()
    const stage = page.getByRole('list', { name: 'Stages' }).getByRole('listitem', { name: 'Stage test' })
    await stage.locator('[data-state="failed"]').first().waitFor()
    await stage.getByText('did not end within 1 second').first().waitFor()
  })
})

describe('the limits of a project', () => {
  const row = (environment: string) =>
    page.getByRole('table', { name: 'Which limits apply' }).getByRole('row').filter({ hasText: environment })

  it('win over those of environments, up to the maximum', async () => {
    await page.goto(`/projects/${project}`)
    await page.getByRole('navigation', { name: 'Project' }).getByRole('link', { name: 'Settings' }).click()
    await row('test').getByText('1 s set for the environment').waitFor()
    await row('prod').getByText("15 min the server's own").waitFor()
    await statement().fill('30 min')
    await save()
    await page.getByText('The settings of Shop are saved.').waitFor()
    await row('prod').getByText('30 min set for the project').waitFor()
    await row('test').getByText('10 min the most that the environment allows').waitFor()
    await looksGood(page, 'project-settings')
    await statement().fill('')
    await save()
    await row('test').getByText('1 s set for the environment').waitFor()
  })

  it('are renamed and limited by its owners alone', async () => {
    const other = await signInAsMember(browser, demo, project, 'developer')
    await other.goto(`/projects/${project}/settings`)
    await other.getByText('Owners of the project set its name and limits.').waitFor()
    await other.getByRole('table', { name: 'Which limits apply' }).getByRole('link', { name: 'test' }).click()
    await other.getByText('Owners and DBAs of the workspace set them.').waitFor()
    expect(await other.getByRole('button', { name: 'Save' }).count()).toBe(0)
    await other.context().close()
  })
})

describe('the levels of the SQL review', () => {
  const rule = (name: string) => page.getByRole('table', { name: 'Rules' }).getByRole('row', { name })

  it('come with a preset, and are set rule by rule', async () => {
    await page.goto('/settings/sql-review')
    await page.getByLabel('Search rules').fill('concurrently rewrites')
    await page.getByText(/^\d+ of \d+ rules$/).waitFor()
    await page.getByLabel('PL01 in prod').selectOption('error')
    await rule('PL01').getByText('set here').waitFor({ state: 'attached' })
    await page.getByLabel('Preset of test').selectOption('quiet')
    await page.getByLabel('PL02 in staging').selectOption('off')
    await page.getByLabel('PL02 in staging').selectOption('default')
    await page.getByRole('button', { name: /^PL01/ }).click()
    await page.getByText('CREATE INDEX CONCURRENTLY orders_status').waitFor()
    await page
      .getByRole('group', { name: /weakening PL01/ })
      .getByLabel('prod')
      .check()
    await rule('PL01').getByText('must not be weakened').waitFor({ state: 'attached' })
    await looksGood(page, 'review-rules')
    const { items } = await demo.api<{ items: object[] }>('/review-policies')
    expect(items).toMatchObject([
      { environment: 'test', preset: 'quiet', levels: {}, insist: [] },
      { environment: 'staging', preset: 'recommended', levels: {} },
      { environment: 'prod', preset: 'recommended', levels: { PL01: 'error' }, insist: ['PL01'] },
    ])
  })

  it('open at the rule that an address names, and only owners and DBAs change them', async () => {
    const other = await signInAsMember(browser, demo, project, 'owner')
    await other.goto('/settings/sql-review#NM02')
    await other.getByText('what a name must match', { exact: false }).first().waitFor()
    await other.getByText('Owners and DBAs of the workspace set the levels.').waitFor()
    expect(await other.getByLabel('NM02 in prod').count()).toBe(0)
    expect(await other.getByRole('row', { name: 'NM02' }).getByText('Info').count()).toBeGreaterThan(0)
    await other.context().close()
  })
})
