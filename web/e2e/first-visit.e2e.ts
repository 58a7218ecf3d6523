import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { keepText, launch, looksGood, looksGoodOnPhone } from './support/browser'
import { type PostOffice, startPostOffice } from './support/post-office'
import { type EmptyServer, startServer } from './support/server'

let browser: Browser
let server: EmptyServer
let page: Page
let post: PostOffice
let invitation = ''

const password = 'a long enough password'

beforeAll(async () => {
  browser = await launch()
  post = await startPostOffice()
  server = await startServer('--smtp-url', post.url, '--smtp-from', 'Towpath <towpath@example.com>')
  page = await newPage()
})
afterAll(async () => {
  await browser?.close()
  await server?.stop()
  await post?.stop()
})

async function newPage(): Promise<Page> {
  const context = await browser.newContext({ baseURL: server.url, viewport: { width: 1280, height: 900 } })
  context.setDefaultTimeout(10_000)
  return context.newPage()
}

describe('the first visit', () => {
  it('makes the first owner with the token alone', async () => {
    await page.goto('/rollouts')
    await page.getByRole('heading', { name: 'Set up Towpath' }).waitFor()
    await looksGood(page, 'set-up')
    await page.getByLabel('Setup token').fill('wrong')
    await page.getByLabel('Your name').fill('Olive Owner')
    await page.getByLabel('Email').fill('olive@example.com')
    await page.getByLabel('Password', { exact: true }).fill(password)
    await page.getByRole('button', { name: 'Create the workspace' }).click()
    await page.getByText(/token/i).last().waitFor()
    expect(page.url()).toContain('/setup')
    await page.getByLabel('Setup token').fill(server.token)
    await page.getByRole('button', { name: 'Create the workspace' }).click()
    await page.getByRole('heading', { name: 'Welcome to Towpath' }).waitFor()
    await looksGood(page, 'home-empty')
  })

  it('adds environments and orders them by keyboard', async () => {
    await page.getByRole('link', { name: 'Add environments' }).click()
    for (const name of ['prod', 'test']) {
      await page.getByRole('button', { name: 'Add an environment' }).click()
      await page.getByLabel('Name', { exact: true }).fill(name)
      await page.getByRole('button', { name: 'Add', exact: true }).click()
      await page.getByRole('button', { name: `Move ${name}` }).waitFor()
    }
    await page.getByRole('button', { name: 'Move test' }).focus()
    await page.keyboard.press('ArrowUp')
    await page.getByText('The order is saved').waitFor()
    await looksGood(page, 'environments')
    await page.reload()
    const rows = page.getByRole('list', { name: 'Environments' }).getByRole('listitem')
    await expect
      .poll(() => rows.allTextContents())
      .toEqual([expect.stringContaining('test'), expect.stringContaining('prod')])
  })

  it('orders environments by drag', async () => {
    const rows = page.getByRole('list', { name: 'Environments' }).getByRole('listitem')
    await rows.nth(1).dragTo(rows.nth(0))
    await expect
      .poll(() => rows.allTextContents())
      .toEqual([expect.stringContaining('prod'), expect.stringContaining('test')])
  })

  it('tests a connection, says what is missing, and finds the databases', async () => {
    await page.goto('/instances/new')
    await page.getByLabel('Name', { exact: true }).fill('SQLite test')
    await page.getByRole('combobox', { name: 'Engine' }).click()
    await page.getByRole('option', { name: 'SQLite' }).click()
    await page.getByLabel('Folder').fill('nowhere')
    await page.getByRole('button', { name: 'Test connection' }).click()
    await page.getByRole('alert').first().waitFor()
    await looksGood(page, 'instance-check-failed')
    mkdirSync(join(server.sqliteRoot, 'test'))
    writeFileSync(join(server.sqliteRoot, 'test', 'shop.db'), '')
    await page.getByLabel('Folder').fill('test')
    await page.getByRole('button', { name: 'Test connection' }).click()
    await page.getByText('The connection works').waitFor()
    await looksGood(page, 'instance-check-good')
    await page.getByRole('button', { name: 'Add the instance' }).click()
    await page.getByRole('table', { name: 'Databases' }).getByRole('link', { name: 'shop' }).waitFor()
  })

  it('creates a project and assigns a database', async () => {
    await page.goto('/projects')
    await page.getByRole('button', { name: 'Create a project' }).click()
    await page.getByLabel('Name', { exact: true }).fill('Shop')
    await page.getByRole('button', { name: 'Create', exact: true }).click()
    await page.getByRole('heading', { name: 'Shop' }).waitFor()
    await page.getByRole('link', { name: 'Assign databases to the project' }).click()
    await page.getByRole('link', { name: 'Assign databases' }).click()
    await page.getByRole('combobox', { name: 'Project of shop' }).click()
    await page.getByRole('option', { name: 'Shop' }).click()
    await page.getByText('shop belongs to Shop now').waitFor()
    expect(new URL(page.url()).pathname).toBe('/databases')
    await looksGood(page, 'databases-assigned')
  })

  it('invites a member', async () => {
    await page.goto('/settings/members')
    await page.getByRole('button', { name: 'Invite a member' }).click()
    await page.getByLabel('Email', { exact: true }).fill('max@example.com')
    await page.getByLabel('Name', { exact: true }).fill('Max Member')
    await looksGood(page, 'members-inviting')
    await page.getByRole('button', { name: 'Invite by email' }).click()
    await page.getByText('by email').first().waitFor()
    const mail = await post.next()
    const page2 = await newPage()
    await page2.setContent(mail.html)
    await page2.getByRole('heading', { name: 'Olive Owner invites you to Towpath' }).waitFor()
    await looksGood(page2, 'mail-invitation')
    await looksGoodOnPhone(page2, 'mail-invitation')
    keepText('mail-invitation.txt', mail.text)
    expect(mail.text).toContain('Accept the invitation')
    const mailed = await page2.getByRole('link', { name: 'Accept the invitation' }).getAttribute('href')
    await page2.context().close()

    await page.getByRole('button', { name: 'New link' }).click()
    await page.getByText('Send this link to max@example.com').waitFor()
    await looksGood(page, 'members-invited')
    invitation = (await page.getByRole('status').getByText('/invitation#').textContent()) ?? ''
    expect(invitation).not.toBe(mailed)
  })

  it('lets the member in, who sees no GitOps', async () => {
    const member = await newPage()
    await member.goto(invitation)
    await looksGood(member, 'invitation')
    await member.getByLabel('Password', { exact: true }).fill(password)
    await member.getByRole('button', { name: 'Accept the invitation' }).click()
    await member.getByRole('navigation', { name: 'Main' }).waitFor()
    await member.goto('/settings')
    await member.getByRole('link', { name: 'Members' }).waitFor()
    expect(await member.getByRole('navigation', { name: 'Settings' }).getByRole('link').allTextContents()).toEqual([
      'Profile',
      'API tokens',
      'General',
      'Members',
      'SQL review',
    ])
    await member.goto('/settings/gitops')
    await member.getByText('Only workspace owners can open this page').waitFor()
    await looksGood(member, 'member-gitops')
    await member.keyboard.press('Control+k')
    await member.getByRole('combobox', { name: 'Go to a page' }).fill('git')
    expect(await member.getByRole('option').allTextContents()).toEqual([])
    await member.context().close()
  })

  it('signs out and in again, back to where one was', async () => {
    await page.getByRole('button', { name: 'Olive Owner, account' }).click()
    await page.getByRole('menuitem', { name: 'Sign out' }).click()
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    await page.goto('/environments')
    await page.getByLabel('Email').fill('olive@example.com')
    await page.getByLabel('Password', { exact: true }).fill('wrong password here')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('alert').waitFor()
    await looksGood(page, 'sign-in')
    await page.getByLabel('Password', { exact: true }).fill(password)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('heading', { name: 'Environments' }).waitFor()
  })
})
