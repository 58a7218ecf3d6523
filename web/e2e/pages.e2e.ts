import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launch, looksGood, signIn } from './support/browser'
import { type Demo, startDemo } from './support/demo'

let browser: Browser
let demo: Demo
let page: Page
const faults: string[] = []

interface Listed {
  items: { id: string }[]
}

beforeAll(async () => {
  browser = await launch()
  demo = await startDemo()
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
  general: async () => '/settings/general',
  members: async () => '/settings/members',
  audit: async () => '/settings/audit',
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

  it.each([
    'rollouts',
    'rollout',
    'project',
    'project-settings',
    'project-link',
    'environments-list',
    'environment',
    'gitops',
  ])('%s fits a phone', async name => {
    await page.setViewportSize({ width: 390, height: 844 })
    await page.goto((await pages[name]?.()) ?? '/')
    await page.getByRole('main').locator('h1').waitFor()
    await looksGood(page, `phone-${name}`)
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)
    await page.setViewportSize({ width: 1280, height: 900 })
  })
})
