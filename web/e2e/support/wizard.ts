import type { Page } from 'playwright-core'
import type { DemoInfo } from './demo'

/** What is typed into step 2. */
export interface Credentials {
  applicationId: string
  secret: string
}

/** Opens the wizard and goes to step 2. */
export async function toStepTwo(page: Page) {
  await page.goto('/settings/gitops/new')
  await page.getByRole('button', { name: 'Next' }).click()
  await page.getByRole('heading', { name: 'Create the OAuth consumer' }).waitFor()
}

/** Enters the credentials in step 2. */
export async function enter(page: Page, { applicationId, secret }: Credentials) {
  await page.getByRole('textbox', { name: 'Application ID' }).fill(applicationId)
  await page.getByLabel('Secret', { exact: true }).fill(secret)
}

/** Enters the demo's credentials and presses Next; returns the window that opens. */
export async function next(page: Page, info: DemoInfo): Promise<Page> {
  await enter(page, info)
  const opened = page.context().waitForEvent('page')
  await page.getByRole('button', { name: 'Next' }).click()
  return opened
}

/** Changes the simulated consumer as its admin would, on Bitbucket's own pages. */
export async function editConsumer(page: Page, info: DemoInfo, change: (form: Page) => Promise<void>) {
  const admin = await page.context().newPage()
  await admin.goto(`${info.bitbucketUrl}/account/signin/?next=/acme/workspace/settings/api`)
  if (await admin.getByLabel('Username or email').isVisible()) {
    await admin.getByLabel('Username or email').fill(info.gitUser)
    await admin.getByLabel('Password').fill(info.gitPassword)
    await admin.getByRole('button', { name: 'Log in' }).click()
  }
  await admin.goto(`${info.bitbucketUrl}/acme/workspace/settings/api`)
  await admin.getByRole('link', { name: 'Edit' }).first().click()
  await change(admin)
  await admin.getByRole('button', { name: 'Save' }).click()
  await admin.getByRole('heading', { name: 'OAuth consumers' }).waitFor()
  await admin.close()
}
