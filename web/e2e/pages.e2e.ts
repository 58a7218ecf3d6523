import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser, Page, Request } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { keepText, launch, looksGood, looksGoodOnPhone, signIn } from './support/browser'
import { type Demo, startDemo } from './support/demo'

let browser: Browser
let demo: Demo
let page: Page
let program = '' // the id of a service account
const faults: string[] = []

interface Listed {
  items: { id: string }[]
}

beforeAll(async () => {
  browser = await launch()
  demo = await startDemo()
  const account = { name: 'ci-deploy', role: 'dba' }
  program = (await demo.api<{ id: string }>('/service-accounts', { method: 'POST', body: account })).id
  page = await signIn(browser, demo.info)
  page.on('pageerror', error => faults.push(`${page.url()}: ${error.message}`))
  page.on('request', request => {
    if (!request.url().startsWith(demo.info.consoleUrl)) faults.push(`${page.url()} asks ${request.url()}`)
  })
})
afterAll(async () => {
  await browser?.close()
  await demo?.stop()
})

const first = async (path: string) => (await demo.api<Listed>(path)).items[0]?.id ?? ''

/** Every page, by the name of its picture. */
const pages: Record<string, () => Promise<string>> = {
  home: async () => '/',
  inbox: async () => '/inbox',
  rollouts: async () => '/rollouts',
  rollout: async () => `/rollouts/${await first('/rollouts')}`,
  task: async () => {
    const rollout = await first('/rollouts')
    const { stages } = await demo.api<{ stages: { tasks: { id: string }[] }[] }>(`/rollouts/${rollout}`)
    return `/rollouts/${rollout}/tasks/${stages[0]?.tasks[0]?.id}`
  },
  projects: async () => '/projects',
  project: async () => `/projects/${await first('/projects')}`,
  'project-rollouts': async () => `/projects/${await first('/projects')}/rollouts`,
  'project-reviews': async () => `/projects/${await first('/projects')}/reviews`,
  'project-databases': async () => `/projects/${await first('/projects')}/databases`,
  'project-gitops': async () => `/projects/${await first('/projects')}/gitops`,
  'project-members': async () => `/projects/${await first('/projects')}/members`,
  'project-settings': async () => `/projects/${await first('/projects')}/settings`,
  'project-link': async () => {
    const project = await first('/projects')
    return `/projects/${project}/gitops/links/${await first(`/projects/${project}/repository-links`)}`
  },
  'project-link-edit': async () => `${await pages['project-link']?.()}/edit`,
  'project-link-new': async () => `/projects/${await first('/projects')}/gitops/new`,
  databases: async () => '/databases',
  database: async () => `/databases/${await first('/databases')}`,
  change: async () => {
    const database = await first('/databases')
    return `/databases/${database}/changes/${await first(`/databases/${database}/change-history`)}`
  },
  instances: async () => '/instances',
  'instance-new': async () => '/instances/new',
  instance: async () => `/instances/${await first('/instances')}`,
  'environments-list': async () => '/environments',
  environment: async () => `/environments/${await first('/environments')}`,
  profile: async () => '/settings/profile',
  'api-tokens': async () => '/settings/api-tokens',
  notifications: async () => '/settings/notifications',
  general: async () => '/settings/general',
  'service-account': async () => `/settings/members/service-accounts/${program}`,
  members: async () => '/settings/members',
  audit: async () => '/settings/audit',
  'audit-filtered': async () => `/settings/audit?object=${await first('/projects')}&from=2026-01-01&to=2999-12-31`,
  gitops: async () => '/settings/gitops',
  provider: async () => `/settings/gitops/providers/${await first('/git-providers')}`,
  nowhere: async () => '/nowhere',
}

describe('every page', () => {
  it.each(Object.entries(pages))('%s has no fault and is accessible', async (name, address) => {
    await page.goto(await address())
    await page.getByRole('main').locator('[aria-busy="true"]').first().waitFor({ state: 'detached' })
    await page.locator('h1, main p').first().waitFor()
    await looksGood(page, `page-${name}`)
    expect(faults).toEqual([])
  })

  it.each(['home', 'rollout'])('%s asks for its data once', async name => {
    const address = (await pages[name]?.()) ?? ''
    let twice = ['not loaded']
    // A busy machine may begin the stream late, or change what the page shows: then it loads again.
    for (let tries = 0; tries < 5 && twice.length > 0; tries++) twice = await askedTwice(address)
    expect(twice).toEqual([])
  })

  it.each([
    'home',
    'rollouts',
    'rollout',
    'project',
    'project-members',
    'project-link',
    'databases',
    'audit',
    'environment',
    'profile',
    'api-tokens',
    'notifications',
    'service-account',
    'general',
    'members',
    'inbox',
    'database',
  ])('%s is accessible on a phone', async name => {
    await onPhone(name)
    await looksGood(page, `phone-${name}`)
  })
})

describe('a receiver of notifications', () => {
  it('is added, tested, and shows what came of it', async () => {
    const bodies: string[] = []
    const far = createServer((request, response) => {
      request.setEncoding('utf8').on('data', part => bodies.push(part))
      request.on('end', () => response.end())
    })
    await new Promise<void>(done => far.listen(0, '127.0.0.1', done))
    const { port } = far.address() as AddressInfo
    await page.goto('/settings/notifications')
    await page.getByRole('button', { name: 'Add a receiver' }).click()
    await page.getByLabel('Name').fill('#größe')
    await page.getByLabel('Address').fill('ftp://example.com')
    await page.getByRole('button', { name: 'Add', exact: true }).click()
    await page.getByText('Use an address that begins with https://').waitFor()
    await page.getByLabel('Address').fill(`http://127.0.0.1:${port}/a-secret-path`)
    await page.getByRole('button', { name: 'Add', exact: true }).click()
    await page.getByRole('heading', { name: '#größe' }).waitFor()
    await page.getByRole('button', { name: 'Send a test' }).click()
    await page.getByText('The test was delivered').waitFor()
    expect(bodies.join()).toContain('This is a test of Towpath')
    expect(await page.content()).not.toContain('a-secret-path')
    await looksGood(page, 'page-receiver')
    await looksGoodOnPhone(page, 'page-receiver')
    expect(Object.keys(JSON.parse(bodies[0] ?? '{}'))).toEqual(['text'])
    keepText('slack-message.json', bodies[0] ?? '')
    far.close()
  })
})

describe('with names that are long and have no blanks', () => {
  const long = 'Bestellübersicht_mit_einem_langen_Namen_ohne_ein_einziges_Leerzeichen'

  beforeAll(async () => {
    const rename = async (path: string) =>
      demo.api(`${path}/${await first(path)}`, { method: 'PATCH', body: { name: long } })
    await rename('/projects')
    await rename('/instances')
    await demo.api('/members', { method: 'POST', body: { email: `${long}@example.com`, name: long, role: 'member' } })
  })

  it.each(Object.keys(pages))('%s fits a phone', async name => {
    await onPhone(name)
    expect(await tooWide()).toEqual([])
  })
})

/** Loads a page, and returns what it asks the API for more than once. */
async function askedTwice(address: string): Promise<string[]> {
  const asked: string[] = []
  const note = (request: Request) => {
    const { pathname, search } = new URL(request.url())
    if (pathname.startsWith('/api/v1/') && !/(events|session)$/.test(pathname)) asked.push(pathname + search)
  }
  page.on('request', note)
  await page.goto(address)
  await page.locator('h1').first().waitFor()
  await page.getByRole('main').locator('[aria-busy="true"]').first().waitFor({ state: 'detached' })
  await page.waitForTimeout(700) // a second round comes 0.3 s after the stream began
  page.off('request', note)
  expect(asked.length).toBeGreaterThan(1)
  return asked.filter((path, index) => asked.indexOf(path) !== index)
}

async function onPhone(name: string) {
  await page.setViewportSize({ width: 390, height: 844 })
  await page.goto((await pages[name]?.()) ?? '/')
  await page.getByRole('main').locator('[aria-busy="true"]').first().waitFor({ state: 'detached' })
  await page.locator('h1, main p').first().waitFor()
}

/** What is wider than the screen, or scrolls to the side. Code may scroll, and rows whose edges show it. */
const tooWide = () =>
  page.evaluate(() =>
    [...document.querySelectorAll('body *')]
      .filter(element => !element.closest('pre, [data-more], .cm-editor, .visually-hidden, thead'))
      .filter(element => {
        const over = element.getBoundingClientRect().right > document.documentElement.clientWidth + 1
        const scrolls = ['auto', 'scroll'].includes(getComputedStyle(element).overflowX)
        return over || (scrolls && element.scrollWidth > element.clientWidth + 1)
      })
      .map(element => `${element.tagName} ${element.className}: ${element.textContent}`.slice(0, 120)),
  )
