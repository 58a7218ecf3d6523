import type { Browser, Page } from 'playwright-core'
import { expect } from 'vitest'
import { signIn, signInAtBitbucket } from './browser'
import type { Demo, DemoInfo } from './demo'
import { next, toStepTwo } from './wizard'

/** Adds the demo's Git provider by the wizard. */
export async function addProvider(page: Page, info: DemoInfo) {
  await toStepTwo(page)
  const bitbucket = await next(page, info)
  await signInAtBitbucket(bitbucket, info)
  await bitbucket.getByRole('button', { name: 'Grant access' }).click()
  await page.getByRole('button', { name: 'Confirm and add' }).click()
  await page.getByRole('table', { name: 'Git providers' }).waitFor()
}

/** Goes from a project's GitOps tab to the list of repositories, with the account that added the provider. */
export async function chooseRepository(page: Page, project: string) {
  await page.goto(`/projects/${project}/gitops`)
  await page.getByRole('link', { name: 'Link a repository' }).click()
  await page.getByRole('button', { name: /^Continue as / }).click()
  await page.getByRole('table', { name: 'Repositories' }).waitFor()
}

/** Says in the wizard what has run in a database, which is named with its environment. */
export async function chooseBaseline(page: Page, database: string, option: string) {
  await page.getByRole('combobox', { name: `What has run in ${database}` }).click()
  await page.getByRole('option', { name: option, exact: true }).click()
}

/** Invites a person into the demo's project, and signs in as that person. */
export async function signInAsMember(browser: Browser, demo: Demo, project: string, role: 'owner' | 'developer') {
  const email = `second-${role}@example.com`
  const password = 'a long enough password'
  const { url, member } = await demo.api<{ url: string; member: { id: string } }>('/members', {
    method: 'POST',
    body: { email, name: 'Sam Second', role: 'member' },
  })
  await demo.api(`/projects/${project}/members/${member.id}`, { method: 'PUT', body: { role } })
  const answer = await fetch(`${demo.info.consoleUrl}/api/v1/invitations/accept`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ invitation: url.split('#').at(-1), password }),
  })
  expect(answer.ok).toBe(true)
  return signIn(browser, { ...demo.info, email, password })
}
