import type { Page } from 'playwright-core'
import { signInAtBitbucket } from './browser'
import type { DemoInfo } from './demo'
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

/** Goes from a project's GitOps tab to the list of repositories. */
export async function chooseRepository(page: Page, project: string) {
  await page.goto(`/projects/${project}/gitops`)
  await page.getByRole('link', { name: 'Link a repository' }).click()
  const opened = page.context().waitForEvent('page')
  await page.getByRole('button', { name: 'Sign in at Bitbucket.org' }).click()
  const bitbucket = await opened
  await bitbucket.getByRole('button', { name: 'Grant access' }).click()
  await page.getByRole('table', { name: 'Repositories' }).waitFor()
}
