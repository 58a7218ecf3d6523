import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launch, looksGood, picture, signIn } from './support/browser'
import { type Demo, startDemo } from './support/demo'
import { signInAsMember } from './support/flows'
import { push } from './support/git'
import { follow, moment, openCommit } from './support/story'
import { Walk } from './support/walk'

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

const stage = (name: string) =>
  page.getByRole('list', { name: 'Stages' }).getByRole('listitem', { name: `Stage ${name}` })

/** Who `signInAsMember` invites. */
const second = { email: 'second-developer@example.com', password: 'a long enough password' }
/** The value of a field for a date and a time, in the zone of the browser, which is this one. */
const inAnHour = () => {
  const at = new Date(Date.now() + 3_600_000)
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16)
}

/** Goes from the list to the board of a pushed commit. */
async function openRollout(message: string) {
  await page.goto('/rollouts')
  await page.getByRole('link', { name: message }).click()
  await page.getByRole('list', { name: 'Stages' }).waitFor()
}

/** Waits for the SQL review: an answer counts for what was seen, and the review is part of that. */
async function reviewed(gate: Locator) {
  await gate.getByText('The SQL review of the files is not done yet.').waitFor({ state: 'hidden' })
}

describe('an environment with manual start', () => {
  it('is made one on its page', async () => {
    await page.goto('/environments')
    await page.getByRole('link', { name: 'prod' }).click()
    await page.getByLabel('Wait for a person to start changes').check()
    await page.getByRole('button', { name: 'Update start' }).click()
    await page.getByText('Changes of prod wait for a start.').waitFor()
    await looksGood(page, 'environment-start')
  })

  it('starts when a person presses Start', async () => {
    push(demo.info, 'Add visits', {
      'migrations/shop/3.1__ddl__visit.sql': 'CREATE TABLE visit (id INTEGER PRIMARY KEY);\n',
    })
    await openRollout('Add visits')
    await stage('staging').getByText('1 of 1 task done').waitFor()
    await stage('prod').getByText('Changes of prod start when a person starts them').waitFor()
    await looksGood(page, 'rollout-start')
    await page.getByRole('button', { name: 'Schedule…' }).click()
    await page.getByRole('dialog').getByLabel('Start at').fill(inAnHour())
    await looksGood(page, 'rollout-schedule')
    await page.getByRole('dialog').getByRole('button', { name: 'Schedule' }).click()
    await page.getByText('Olive Owner scheduled the start for').waitFor()
    await page.getByRole('button', { name: 'Remove the schedule' }).click()
    await page.getByText('Olive Owner scheduled the start for').waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'Start prod' }).click()
    await page.getByRole('dialog').getByText('1 file runs in shop: 3.1.').waitFor()
    await page.getByRole('dialog').getByRole('button', { name: 'Start prod' }).click()
    await page.getByText('Started prod.').waitFor()
    await stage('prod').getByText('1 of 1 task done').waitFor()
  })

  it('stops for a pause of everything, which every page shows', async () => {
    await page.goto('/rollouts')
    await page.getByRole('button', { name: 'Pause all changes…' }).click()
    await page.getByRole('dialog').getByLabel('Reason (optional)').fill('The replica of größe is behind')
    await page.getByRole('dialog').getByRole('button', { name: 'Pause' }).click()
    push(demo.info, 'Add guests', {
      'migrations/shop/3.1.5__ddl__guest.sql': 'CREATE TABLE guest (id INTEGER PRIMARY KEY);\n',
    })
    await openRollout('Add guests')
    await page.getByText('The replica of größe is behind').waitFor()
    await looksGood(page, 'rollout-paused')
    await page.getByRole('button', { name: 'Pause…' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Pause' }).click()
    await page.getByText('This rollout is paused').waitFor()
    for (const what of ['All changes are paused', 'This rollout is paused']) {
      await page.getByRole('status').filter({ hasText: what }).getByRole('button', { name: 'Resume' }).click()
      await page.getByRole('dialog').getByRole('button', { name: 'Resume' }).click()
      await page.getByText(what).waitFor({ state: 'detached' })
    }
    await stage('staging').getByText('1 of 1 task done').waitFor()
    await page.getByRole('button', { name: 'Start prod' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Start prod' }).click()
    await stage('prod').getByText('1 of 1 task done').waitFor()
  })

  it('starts by itself again', async () => {
    await page.goto('/environments')
    await page.getByRole('link', { name: 'prod' }).click()
    await page.getByLabel('Wait for a person to start changes').uncheck()
    await page.getByRole('button', { name: 'Update start' }).click()
    await page.getByText('Changes of prod start by themselves.').waitFor()
  })
})

describe('an environment that asks another person', () => {
  it('gets a gate on its page', async () => {
    await page.goto('/environments')
    await page.getByRole('link', { name: 'prod' }).click()
    await page.getByRole('combobox', { name: 'Who must approve changes' }).click()
    await page.getByRole('option', { name: 'One other person' }).click()
    await page.getByLabel('Project developers').check()
    await page.getByRole('button', { name: 'Update gate' }).click()
    await page.getByText('Updated the gate of prod.').waitFor()
  })

  it('can have windows and freezes', async () => {
    await page.getByRole('button', { name: 'Add a window' }).click()
    await page.getByRole('button', { name: 'Add a freeze' }).click()
    await looksGood(page, 'environment-gate')
    await page.reload()
  })

  it('asks a receiver outside, and shows what came of a test', async () => {
    const sent: (string | undefined)[] = []
    const receiver = createServer((request, answer) => {
      sent.push(request.headers['towpath-signature']?.toString())
      answer.writeHead(sent.length === 1 ? 503 : 204).end()
    })
    await new Promise<void>(resolve => receiver.listen(0, '127.0.0.1', resolve))
    const { port } = receiver.address() as AddressInfo
    const outside = page.getByRole('region', { name: 'Approvals from outside' })
    await outside.getByLabel('Receiver').fill('http://127.0.0.1:1/nowhere')
    await outside.getByRole('button', { name: 'Update receiver' }).click()
    await outside.getByText('Enter a secret').waitFor()
    await outside.getByLabel('Receiver').fill(`http://127.0.0.1:${port}/approvals`)
    await outside.getByRole('textbox', { name: 'Secret' }).fill('a secret of the receiver')
    await page.keyboard.press('Enter')
    await outside.getByRole('button', { name: 'Send a test' }).click()
    await outside.getByText('The receiver answered 503.').waitFor()
    await looksGood(page, 'environment-receiver')
    await outside.getByRole('button', { name: 'Send a test' }).click()
    await outside.getByText('The last test was taken by the receiver').waitFor()
    expect(sent.every(signature => /^t=\d+,v1=[0-9a-f]{64}$/.test(signature ?? ''))).toBe(true)
    await outside.getByRole('button', { name: 'Remove receiver' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Remove receiver' }).click()
    await page.getByText('Approvals of prod are only asked for in the console.').waitFor()
    receiver.close()
  })

  it('shows what a change waits for, and what is decided about', async () => {
    push(demo.info, 'Add consent', {
      'migrations/shop/3.2__ddl__consent.sql': 'CREATE TABLE consent (id INTEGER PRIMARY KEY);\n',
    })
    await openRollout('Add consent')
    const gate = page.getByRole('region', { name: 'Gate of prod' })
    await gate.getByText('The consent of 1 member is missing').waitFor()
    await gate.getByText('is no member by address or account').waitFor()
    await reviewed(gate)
    await gate.getByText('1 file in 1 database').click()
    await gate.getByText('CREATE TABLE consent').waitFor()
    await looksGood(page, 'rollout-gate')
  })

  it('starts by keyboard from the inbox of that person', async () => {
    const other = await signInAsMember(browser, demo, project, 'developer')
    const item = other.getByRole('region', { name: 'Shop, prod' })
    await other.goto('/inbox')
    await item.getByText('CREATE TABLE consent').waitFor()
    await looksGood(other, 'inbox')
    await other.goto('/projects')
    await other.getByRole('table', { name: 'Projects' }).waitFor() // keys count from here on
    const walk = new Walk(other)
    await walk.press('Control+k')
    await other.getByRole('option', { name: 'Inbox' }).waitFor()
    await walk.type('inbox')
    await walk.press('Enter')
    await item.getByText('CREATE TABLE consent').waitFor()
    await item.getByRole('list', { name: 'Databases' }).getByRole('link', { name: 'shop' }).waitFor()
    await walk.decide(item.getByRole('button', { name: 'Approve' }))
    await other.getByText('Nothing waits for you.').waitFor()
    await stage('prod').getByText('1 of 1 task done').waitFor()
    const { decisions, keys, seconds } = walk.cost()
    console.log(
      `walk: approve to done by keyboard: ${decisions} decision, 0 clicks, ${keys} keys, ${seconds.toFixed(1)} s`,
    )
    expect([decisions, seconds < 120]).toEqual([1, true])
    await other.context().close()
  })

  it('starts after consent and a freeze, as its commit says at each moment', async () => {
    const { items } = await demo.api<{ items: { id: string; name: string }[] }>('/environments')
    const prod = `/environments/${items.find(one => one.name === 'prod')?.id}`
    await demo.api(prod, { method: 'PATCH', body: { start: 'manual' } })
    push(demo.info, 'Keep emails unique', {
      'migrations/shop/3.2.5__ddl__email.sql': 'CREATE UNIQUE INDEX customer_email ON customer (email);\n',
    })
    await openRollout('Keep emails unique')
    const gate = page.getByRole('region', { name: 'Gate of prod' })
    await reviewed(gate)
    await page.getByText('1 warning').first().waitFor()
    const { items: rollouts } = await demo.api<{ items: { commitUrl: string }[] }>('/rollouts?limit=1')
    const commit = await openCommit(page, demo.info, rollouts[0]?.commitUrl ?? '')
    await moment('asked', page, commit, /Stopped .*prod.* The consent of 1 member is missing/)
    const other = await signIn(browser, { ...demo.info, ...second })
    follow('Sam', other)
    const unfollow = follow('Olive', page)
    await other.goto('/inbox')
    await other.getByRole('region', { name: 'Shop, prod' }).getByRole('button', { name: 'Approve' }).click()
    await gate.getByText('Sam Second').waitFor()
    await moment('approved', page, commit, /Stopped .*prod Waiting for a person: start prod in Towpath/)
    const day = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)
    const freeze = { effect: 'deny', from: '00:00', minutes: 1440, zone: 'UTC', firstDay: day(-1), lastDay: day(1) }
    await demo.api(prod, { method: 'PATCH', body: { windows: [freeze] } })
    await gate.getByText('Changes of prod may start again at').waitFor()
    await gate.getByText('Counts until').waitFor() // the approval lasts through the freeze
    await moment('frozen', page, commit, /Stopped .*prod Changes of prod may start again at/)
    await demo.api(prod, { method: 'PATCH', body: { windows: [] } })
    await gate.getByText('Changes of prod may start again at').waitFor({ state: 'detached' })
    await gate.getByRole('button', { name: 'Start prod' }).click()
    await page.getByRole('dialog').getByText('1 file runs in shop: 3.2.5.').waitFor()
    await page.getByRole('dialog').getByRole('button', { name: 'Start prod' }).click()
    await stage('prod').getByText('1 of 1 task done').waitFor()
    await moment('done', page, commit, /Successful .*prod.* 1 done/)
    await demo.api(prod, { method: 'PATCH', body: { start: 'automatic' } })
    unfollow()
    await commit.close()
    await other.context().close()
  }, 120_000)

  it('starts past the gate, and another person looks at that by keyboard', async () => {
    push(demo.info, 'Add urgency', {
      'migrations/shop/3.3__ddl__urgency.sql': 'CREATE TABLE urgency (id INTEGER PRIMARY KEY);\n',
    })
    await openRollout('Add urgency')
    const gate = page.getByRole('region', { name: 'Gate of prod' })
    await gate.getByText('The consent of 1 member is missing').waitFor()
    await reviewed(gate)
    await gate.getByRole('button', { name: 'Start past the gate…' }).click()
    await page.getByRole('dialog').getByLabel('Reason').fill('The shop is down')
    await page.getByRole('dialog').getByRole('button', { name: 'Start past the gate' }).click()
    await stage('prod').getByText('1 of 1 task done').waitFor()
    await page.getByText('Another person must look at it.').waitFor()
    expect(await page.getByRole('button', { name: 'Looked at…' }).count()).toBe(0)
    await looksGood(page, 'rollout-past-gate')
    const other = await signIn(browser, { ...demo.info, ...second })
    await other.goto('/inbox')
    const item = other.getByRole('region', { name: 'Second look, Shop, prod' })
    await item.getByText('The shop is down').waitFor()
    await looksGood(other, 'inbox-second-look')
    await item.getByRole('button', { name: 'Looked at…' }).focus()
    await other.keyboard.press('Enter')
    await other.getByRole('dialog').getByLabel('Note').waitFor()
    await other.keyboard.type('The index was missing')
    await other.keyboard.press('Tab')
    await other.keyboard.press('Tab')
    await other.keyboard.press('Enter')
    await other.getByText('Nothing waits for you.').waitFor()
    await page.getByText(/Sam Second looked at it .*: The index was missing/).waitFor()
    await other.context().close()
  })

  it('asks nobody again', async () => {
    await page.goto('/environments')
    await page.getByRole('link', { name: 'prod' }).click()
    await page.getByRole('combobox', { name: 'Who must approve changes' }).click()
    await page.getByRole('option', { name: 'Nobody' }).click()
    await page.getByRole('button', { name: 'Update gate' }).click()
    await page.getByText('Updated the gate of prod.').waitFor()
  })
})

describe('a version that comes late', () => {
  it('is held, and runs in the stage in which it is released', async () => {
    push(demo.info, 'Add what was forgotten', {
      'migrations/shop/2.5__ddl__forgotten.sql': 'CREATE TABLE forgotten (id INTEGER PRIMARY KEY);\n',
    })
    await openRollout('Add what was forgotten')
    await stage('test').getByText('Held').first().waitFor()
    await looksGood(page, 'rollout-held')
    await stage('test').getByRole('link').click()
    await page.waitForURL('**/tasks/*')
    await page.getByRole('button', { name: 'Release' }).waitFor()
    await page.getByText('The file is older than version 3').waitFor()
    await looksGood(page, 'task-held')
    await page.getByRole('button', { name: 'Release' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Release' }).click()
    await page.getByText('Released. It runs when its turn comes.').waitFor()
    await page.getByRole('main').locator('[data-state="done"]').first().waitFor()
    await page.getByRole('table', { name: 'Statements' }).getByText('CREATE TABLE forgotten').waitFor()
    await page.getByRole('link', { name: 'Add what was forgotten' }).click()
    await stage('staging').getByText('Held').first().waitFor()
  })

  it('is skipped for a reason that everybody reads', async () => {
    await stage('staging').getByRole('link').click()
    await page.getByRole('button', { name: 'Skip' }).click()
    const dialog = page.getByRole('dialog')
    expect(await dialog.getByRole('button', { name: 'Skip' }).isDisabled()).toBe(true)
    await dialog.getByLabel('Reason').fill('Staging has this table from a test.')
    await dialog.getByRole('button', { name: 'Skip' }).click()
    await page.getByText('Staging has this table from a test.').first().waitFor()
    await page.getByRole('main').locator('[data-state="skipped"]').first().waitFor()
    await looksGood(page, 'task-skipped')
    await page.getByRole('link', { name: 'Add what was forgotten' }).click()
    await stage('staging').getByText('Staging has this table from a test.').waitFor()
  })
})

describe('a file that was edited after it ran', () => {
  it('runs nowhere, and is recorded as it is now when somebody accepts it', async () => {
    push(demo.info, 'Edit what has run', {
      'migrations/shop/3__dml__first_customers.sql':
        "-- Two customers to begin with.\nINSERT INTO customer (id, name, email) VALUES (1, 'Ada Lock', 'ada@example.com'), (2, 'Ben Weir', 'ben@example.com');\n",
    })
    await page.goto(`/projects/${project}/gitops`)
    await page.getByRole('link', { name: 'acme/shop-db' }).click()
    const edited = page
      .getByRole('table', { name: 'Files and databases' })
      .getByRole('row')
      .filter({ has: page.locator('[data-state="edited"]') })
    await expect.poll(() => edited.count(), { timeout: 20_000 }).toBe(3)
    await looksGood(page, 'link-edited')
    await edited.filter({ hasText: 'test' }).getByRole('button', { name: 'Accept' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Accept' }).click()
    await page.getByText('is recorded as it is now.').waitFor()
    await expect.poll(() => edited.count(), { timeout: 20_000 }).toBe(2)
  })
})

describe('a task that failed', () => {
  it('runs again when its cause is gone', async () => {
    push(demo.info, 'Remember phones and parcels', {
      'migrations/shop/4__ddl__add_phone.sql': 'ALTER TABLE customer ADD COLUMN phone TEXT;\n',
      'migrations/shop/5__dml__needs_table.sql': 'INSERT INTO forgotten (id) VALUES (1);\n',
      'migrations/shop/6__ddl__create_parcel.sql':
        'CREATE TABLE parcel (id INTEGER PRIMARY KEY, order_id INTEGER NOT NULL);\n',
    })
    await openRollout('Remember phones and parcels')
    await stage('staging').getByText('Failed').first().waitFor({ timeout: 20_000 })
    await picture(page, demo.info, 'rollout')
    await stage('staging').locator('a:has([data-state="failed"])').click()
    const address = page.url()
    await page.getByText('no such table: forgotten').first().waitFor()
    await page.getByRole('button', { name: 'Retry' }).click()
    await page.getByText('Retrying.').waitFor()
    await page.getByRole('button', { name: 'Attempt 2' }).waitFor()
    await page.getByText('no such table: forgotten').first().waitFor()
    await looksGood(page, 'task-retried')
    expect(page.url()).toBe(address)
  })
})

describe('the change history', () => {
  it('shows the schema before and after side by side, and one below the other on a narrow screen', async () => {
    await page.goto('/databases')
    await page.getByRole('table', { name: 'Databases' }).getByRole('link', { name: 'shop' }).first().click()
    await page.getByRole('table', { name: 'Change history' }).getByRole('link', { name: '2.5 forgotten' }).click()
    await page.getByText('Schema before and after').waitFor()
    await expect.poll(() => page.locator('.cm-mergeViewEditor').count()).toBe(2)
    await page.locator('.cm-changedLine').filter({ hasText: 'forgotten' }).first().waitFor()
    await looksGood(page, 'change-schema')
    await page.setViewportSize({ width: 900, height: 900 })
    await expect.poll(() => page.locator('.cm-mergeViewEditor').count()).toBe(0)
    await page.locator('.cm-insertedLine, .cm-changedLine').filter({ hasText: 'forgotten' }).first().waitFor()
    await looksGood(page, 'change-schema-narrow')
    await page.setViewportSize({ width: 1280, height: 900 })
  })
})
