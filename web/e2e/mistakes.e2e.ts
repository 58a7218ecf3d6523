import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launch, looksGood, signIn } from './support/browser'
import { type Demo, startDemo } from './support/demo'
import { type Files, push } from './support/git'

let browser: Browser
let demo: Demo
let page: Page
let linkPage: string

interface Listed {
  items: { id: string }[]
}

beforeAll(async () => {
  browser = await launch()
  demo = await startDemo()
  page = await signIn(browser, demo.info)
  const project = (await demo.api<Listed>('/projects')).items[0]?.id
  const link = (await demo.api<Listed>(`/projects/${project}/repository-links`)).items[0]?.id
  linkPage = `/projects/${project}/gitops/links/${link}`
})
afterAll(async () => {
  await browser?.close()
  await demo?.stop()
})

const basket = 'migrations/shop/4__ddl__basket.sql'
const createBasket = 'CREATE TABLE basket (id INTEGER PRIMARY KEY);\n'
const customers = 'migrations/shop/3__dml__first_customers.sql'
const customersText = `INSERT INTO customer (id, name, email) VALUES
    (1, 'Ada Lock', 'ada@example.com'),
    (2, 'Ben Weir', 'ben@example.com');
`

/** What takes the last mistake back; it is pushed together with the next one. */
let undo: Files = {}

/** Pushes a mistake in place of the last one. */
function make(message: string, files: Files) {
  push(demo.info, message, { ...undo, ...files })
  undo = Object.fromEntries(Object.keys(files).map(path => [path, path === customers ? customersText : null]))
}

/** The answer to a question of the link's page. */
const fact = (name: string) =>
  page.locator('dt', { hasText: new RegExp(`^${name}$`) }).locator('xpath=following-sibling::dd[1]')

const stage = (name: string) =>
  page.getByRole('list', { name: 'Stages' }).getByRole('listitem', { name: `Stage ${name}` })

async function openRollout(message: string) {
  await page.goto('/rollouts')
  await page.getByRole('link', { name: message }).click()
  await page.getByRole('list', { name: 'Stages' }).waitFor()
}

/** Goes from a rollout to its task in the database of the first stage. */
async function openTask() {
  await stage('test').getByRole('link').click()
  await page.waitForURL('**/tasks/*')
}

/** What the task's page says after a failure that is the file's. */
async function asksForCorrectedFile(path: string, place: string, cause: string) {
  const head = page.getByRole('heading', { level: 1 }).locator('..')
  await head.locator('[data-state="failed"]').waitFor()
  const failure = page.getByRole('alert').filter({ hasText: place })
  await failure.getByText(cause).waitFor()
  const wayOut = page.getByRole('status').filter({ hasText: 'Push a corrected file' })
  await wayOut.getByText(`Fix ${path} on main and push: the new text replaces this one.`).waitFor()
  await wayOut.getByRole('link', { name: 'Open acme/shop-db' }).waitFor()
  await page.getByText('Nothing of this file is in the database.').waitFor()
  for (const name of ['Retry', 'Skip']) await page.getByRole('button', { name, exact: true }).waitFor()
}

describe('a file that fails', () => {
  it('for a syntax error says where it is, and to push a corrected file', async () => {
    const text = `${createBasket}CREATE TABLE item (id INTEGER,, name TEXT);\n`
    make('Misplace a comma', { [basket]: text })
    await openRollout('Misplace a comma')
    await stage('test').getByText(`${basket}:2:1: SQL logic error: near ",": syntax error`).waitFor()
    await openTask()
    await asksForCorrectedFile(basket, 'Line 2, column 1', 'near ",": syntax error')
    await looksGood(page, 'mistake-syntax')
    await page.goto(linkPage)
    await fact('Waits for').getByText('Push a corrected file, or retry or skip the task.').waitFor()
  })

  it('and is deleted, ends its tasks by the commit that removed it', async () => {
    push(demo.info, 'Delete what failed', undo)
    undo = {}
    await openRollout('Misplace a comma')
    for (const name of ['test', 'staging', 'prod']) {
      await stage(name).locator('[data-state="cancelled"]').first().waitFor()
      await stage(name)
        .getByText(/Commit [0-9a-f]{12} removed or renamed the file\./)
        .waitFor()
    }
    await stage('test').getByText(`The last attempt failed: ${basket}:2:1:`).waitFor()
    await page.goto(linkPage)
    await page.getByText('Every matching file is in its databases.').waitFor()
    await fact('Waits for').getByText('the next push').waitFor()
  })

  it('for a constraint names it, and says to push a corrected file', async () => {
    const path = 'migrations/shop/4__dml__ada.sql'
    make('Add Ada twice', { [path]: "INSERT INTO customer VALUES (1, 'Ada Lock', 'lock@example.com');\n" })
    await openRollout('Add Ada twice')
    await stage('test').getByText(`${path}:1:1: UNIQUE constraint failed: customer.id`).waitFor()
    await openTask()
    await asksForCorrectedFile(path, 'Line 1, column 1', 'UNIQUE constraint failed: customer.id')
  })
})

const noCommit =
  'is not allowed: each file runs in one transaction of its own. Remove it: a file may have only one plain pair such as BEGIN and COMMIT, around all of its statements.'

/** Mistakes that the link's page shows, since nothing runs: what is pushed, and what the page says of its first file. */
const refused: Record<string, { files: Files; state: string; says: string; waitsFor: string }> = {
  'a file that was edited after it ran': {
    files: { [customers]: `-- The first two.\n${customersText}` },
    state: 'edited',
    says: 'The file was edited after it was applied; revert it and write a new migration, or accept the new text as what the database has.',
    waitsFor: `${customers} was edited after it was applied; revert it and write a new migration`,
  },
  'a file that was deleted after it ran': {
    files: { [customers]: null },
    state: 'missing',
    says: 'The database has it, and its file is gone from the repository; restore the file.',
    waitsFor: `${customers} is gone, but shop has it: restore the file`,
  },
  'a database that does not exist': {
    files: { 'migrations/shpo/4__ddl__basket.sql': createBasket },
    state: 'no-target',
    says: 'There is no database “shpo” in this project; its databases are shop; rename the file or its folder, or add the database.',
    waitsFor: 'migrations/shpo/4__ddl__basket.sql cannot run: there is no database “shpo”',
  },
  'a version that another file has': {
    files: { [basket]: createBasket, 'migrations/shop/04__ddl__parcel.sql': 'CREATE TABLE parcel (id INTEGER);\n' },
    state: 'conflict',
    says: 'The file is in conflict: version 4 (ddl) is also claimed by migrations/shop/04__ddl__parcel.sql; give one of them another version.',
    waitsFor: 'migrations/shop/04__ddl__parcel.sql is in conflict: version 4 (ddl) is also claimed by',
  },
  'a misspelled statement': {
    files: { [basket]: `${createBasket}CREATE TABEL item (id INTEGER);\n` },
    state: 'unusable',
    says: 'The file must not run, 2:1: CREATE TABEL is not a statement that a migration may contain. Check its spelling',
    waitsFor: `${basket} must not run, 2:1: CREATE TABEL is not a statement that a migration may contain. Check its spelling`,
  },
  'a COMMIT that is not the outermost': {
    files: { [basket]: `BEGIN;\n${createBasket}COMMIT;\nDROP TABLE basket;\n` },
    state: 'unusable',
    says: `The file has 2 places that must not run: 1:1: BEGIN is not allowed here: each file runs in one transaction of its own. Remove it, or put one pair of BEGIN and COMMIT around the whole file. 3:1: COMMIT ${noCommit}`,
    waitsFor: `${basket} has 2 places that must not run: 1:1: BEGIN`,
  },
  'a ROLLBACK': {
    files: { [basket]: `${createBasket}  ROLLBACK;\n` },
    state: 'unusable',
    says: `The file must not run, 2:3: ROLLBACK ${noCommit}`,
    waitsFor: `${basket} must not run, 2:3: ROLLBACK ${noCommit.slice(0, -1)}`,
  },
  'a picture': {
    files: { [basket]: Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex') },
    state: 'unusable',
    says: 'The file must not run, 1:1: The file is not UTF-8 here. Save it as UTF-8; write binary data as a hexadecimal literal.',
    waitsFor: `${basket} must not run, 1:1: The file is not UTF-8 here. Save it as UTF-8`,
  },
  'a file in UTF-16': {
    files: { [basket]: Buffer.from(`\ufeff${createBasket}`, 'utf16le') },
    state: 'unusable',
    says: 'The file must not run, 1:1: The file is UTF-16. Save it as UTF-8.',
    waitsFor: `${basket} must not run, 1:1: The file is UTF-16. Save it as UTF-8`,
  },
}

describe('a file that never runs', () => {
  it.each(Object.entries(refused))(
    'for %s says why, and the way out',
    async (mistake, { files, state, says, waitsFor }) => {
      make(`Push ${mistake}`, files)
      await page.goto(linkPage)
      await fact('Waits for').getByText(waitsFor).waitFor()
      const row = page
        .getByRole('table', { name: 'Files and databases' })
        .getByRole('row')
        .filter({ has: page.getByText(Object.keys(files)[0] ?? '', { exact: true }) })
        .first()
      await row.locator(`[data-state="${state}"]`).waitFor()
      await row.getByText(says).waitFor()
    },
  )

  it('for a wrong folder or ending is ignored with the reason, and the page says what would fit', async () => {
    make('Misname files', {
      'Migrations/shop/4__ddl__basket.sql': createBasket,
      'migrations/4__ddl__basket.sql': createBasket,
      'migrations/shop/4__ddl__basket.SQL': createBasket,
      'migrations/shop/4_ddl_basket.sql': createBasket,
    })
    await page.goto(linkPage)
    await fact('Waits for')
      .getByText(
        'is not taken: is in “Migrations”, and the base directory is “migrations”; move it there; and 3 more files',
      )
      .waitFor()
    await page.getByText('4 ignored').click()
    const ignored = page.getByRole('table', { name: 'Files', exact: true }).getByRole('row')
    for (const [path, why] of [
      ['Migrations/shop/4__ddl__basket.sql', 'The file is in “Migrations”, and the base directory is “migrations”.'],
      ['migrations/4__ddl__basket.sql', 'The file is directly in the base directory, the template has 1 folder.'],
      [
        'migrations/shop/4__ddl__basket.SQL',
        'The file ends with .SQL, the template ends with .sql; the link can take endings in any case.',
      ],
      ['migrations/shop/4_ddl_basket.sql', 'Expected “__” after the version in “4_ddl_basket.sql”.'],
    ]) {
      await ignored
        .filter({ hasText: path ?? '' })
        .getByText(`Ignored. ${why}`)
        .waitFor()
    }
    await page
      .getByText(
        `To run one of these files, rename or move it to fit migrations/${demo.info.filePathTemplate}, and push.`,
      )
      .waitFor()
    await looksGood(page, 'mistake-ignored')
  })
})

describe('a version that comes late', () => {
  it('is held, with the version before which it belongs, until a person releases or skips it', async () => {
    const path = 'migrations/shop/2.5__ddl__basket.sql'
    const why = 'The file is older than version 3, which the database has; release it to run it now, or skip it.'
    make('Come late', { [path]: createBasket })
    await page.goto(linkPage)
    await fact('Waits for').getByText(`Version 2.5 is held in test/shop and waits for a person. ${why}`).waitFor()
    await openRollout('Come late')
    await stage('test').getByText(why).waitFor()
    await openTask()
    await page.getByRole('status').getByText(why).waitFor()
    await page.getByText(path, { exact: true }).waitFor()
    for (const name of ['Release', 'Skip']) await page.getByRole('button', { name, exact: true }).waitFor()
  })
})

describe('a file over the size limit', () => {
  it('is refused with its size and the limit, and runs when a smaller one is pushed', async () => {
    make('Push too much', { [basket]: Buffer.alloc((100 << 20) + 1, '\n') })
    await page.goto(linkPage)
    await fact('Waits for').getByText(`${basket} has 100.1 MiB: the limit is 100 MiB; split the file`).waitFor()
    const rows = page.getByRole('table', { name: 'Files and databases' }).getByRole('row').filter({ hasText: basket })
    for (const environment of ['test', 'staging', 'prod']) {
      const row = rows.filter({ hasText: environment })
      await row.locator('[data-state="unusable"]').waitFor()
      await row.getByText('The file has 100.1 MiB: the limit is 100 MiB; split the file.').waitFor()
    }

    push(demo.info, 'Push less', { [basket]: createBasket })
    await openRollout('Push less')
    await stage('prod').locator('[data-state="done"]').first().waitFor()
    await page.goto(linkPage)
    await page.getByText('Every matching file is in its databases.').waitFor()
    expect(await page.getByText('0 open').count()).toBe(1)
  })
})
