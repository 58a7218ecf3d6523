import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { isolateBitbucket, launch, looksGood, picture, signIn, signInAtBitbucket } from './support/browser'
import { type Demo, startDemo } from './support/demo'
import { editConsumer, enter, next, toStepTwo } from './support/wizard'

let browser: Browser
let demo: Demo
let page: Page

beforeAll(async () => {
  browser = await launch()
  demo = await startDemo('--empty')
})
afterAll(async () => {
  await browser?.close()
  await demo?.stop()
})
beforeEach(async () => {
  page = await signIn(browser, demo.info)
})
afterEach(async () => {
  await page.context().close()
})

describe('a sign-in that fails says why', () => {
  it('with a wrong secret, before any sign-in', async () => {
    await toStepTwo(page)
    await looksGood(page, 'wizard-step-2')
    await picture(page, demo.info, 'consumer')
    await enter(page, { ...demo.info, secret: 'wrong' })
    await page.getByRole('button', { name: 'Next' }).click()
    await page.getByText('does not know this Key and Secret').waitFor()
    await looksGood(page, 'wizard-wrong-secret')
    expect(page.context().pages()).toHaveLength(1)
  })

  it('with key and secret exchanged', async () => {
    await toStepTwo(page)
    await enter(page, { applicationId: demo.info.secret, secret: demo.info.applicationId })
    await page.getByRole('button', { name: 'Next' }).click()
    await page.getByText('are in each other’s field').or(page.getByText("are in each other's field")).waitFor()
    await looksGood(page, 'wizard-swapped')
  })

  it('when consent is denied, and keeps what was typed', async () => {
    await toStepTwo(page)
    const bitbucket = await next(page, demo.info)
    await signInAtBitbucket(bitbucket, demo.info)
    await bitbucket.getByRole('button', { name: 'Cancel' }).click()
    await page.getByText('Access was not granted').waitFor()
    await looksGood(page, 'wizard-denied')
    await page.getByRole('link', { name: 'Check the values and try again' }).click()
    expect(await page.getByLabel('Application ID').inputValue()).toBe(demo.info.applicationId)
    expect(await page.getByLabel('Secret', { exact: true }).inputValue()).toBe(demo.info.secret)
  })

  it('when a permission is missing', async () => {
    await editConsumer(page, demo.info, form =>
      form.getByRole('group', { name: 'Webhooks' }).getByRole('checkbox').uncheck(),
    )
    await toStepTwo(page)
    const bitbucket = await next(page, demo.info)
    await bitbucket.getByRole('button', { name: 'Grant access' }).click()
    await page.getByText('A permission is missing').waitFor()
    expect(await page.getByRole('listitem').filter({ hasText: 'Webhooks: Read and write' }).count()).toBe(1)
    await looksGood(page, 'wizard-missing-permission')
    await editConsumer(page, demo.info, form =>
      form.getByRole('group', { name: 'Webhooks' }).getByRole('checkbox').check(),
    )
  })

  it('when the callback is wrong, after a minute without an answer', async () => {
    await editConsumer(page, demo.info, form =>
      form.getByLabel('Callback URL').fill('https://elsewhere.example.com/callback'),
    )
    await toStepTwo(page)
    await page.clock.install()
    const bitbucket = await next(page, demo.info)
    await bitbucket.getByText('Invalid redirect_uri').waitFor()
    await page.getByText('Waiting for your sign-in').waitFor()
    await page.clock.fastForward(61_000)
    await page.getByText('has not answered for a minute').waitFor()
    await page.getByText(`${demo.info.consoleUrl}/oauth/callback`).waitFor()
    await looksGood(page, 'wizard-no-answer')
    await picture(page, demo.info, 'no-answer')
    await editConsumer(page, demo.info, form =>
      form.getByLabel('Callback URL').fill(`${demo.info.consoleUrl}/oauth/callback`),
    )
  })

  it('when the browser blocks the window, and opens it by a second click', async () => {
    await page.addInitScript(() => {
      const open = window.open
      let times = 0
      window.open = (...args) => (times++ === 0 ? null : open.apply(window, args))
    })
    await toStepTwo(page)
    await enter(page, demo.info)
    await page.getByRole('button', { name: 'Next' }).click()
    await page.getByText('Your browser blocked the sign-in window').waitFor()
    await looksGood(page, 'wizard-popup-blocked')
    const opened = page.context().waitForEvent('page')
    await page.getByRole('button', { name: 'Open the sign-in window' }).click()
    const bitbucket = await opened
    await signInAtBitbucket(bitbucket, demo.info)
    await bitbucket.getByRole('button', { name: 'Grant access' }).click()
    await page.getByText('OAuth info is correct').waitFor()
  })

  it('when the window is closed, and opens it again', async () => {
    await toStepTwo(page)
    const first = await next(page, demo.info)
    await first.getByLabel('Username or email').waitFor()
    await first.close()
    await page.getByText('The sign-in window looks closed').waitFor()
    await looksGood(page, 'wizard-popup-closed')
    const opened = page.context().waitForEvent('page')
    await page.getByRole('button', { name: 'Open the sign-in window again' }).click()
    const bitbucket = await opened
    await signInAtBitbucket(bitbucket, demo.info)
    await bitbucket.getByRole('button', { name: 'Grant access' }).click()
    await page.getByText('OAuth info is correct').waitFor()
  })

  it('when the page has another address than the external URL', async () => {
    const elsewhere = demo.info.consoleUrl.replace('127.0.0.1', 'localhost')
    const other = await signIn(browser, { ...demo.info, consoleUrl: elsewhere })
    await toStepTwo(other)
    await other.getByText('differs from the server’s external URL').waitFor()
    expect(await other.getByRole('button', { name: 'Next' }).isDisabled()).toBe(true)
    await looksGood(other, 'wizard-external-url')
    await other.context().close()
  })
})

describe('a callback that was used', () => {
  it('says so and changes nothing', async () => {
    await toStepTwo(page)
    const bitbucket = await next(page, demo.info)
    const back = bitbucket.waitForRequest(request => request.url().includes('/oauth/callback'))
    await signInAtBitbucket(bitbucket, demo.info)
    await bitbucket.getByRole('button', { name: 'Grant access' }).click()
    const url = (await back).url()
    await page.getByText('OAuth info is correct').waitFor()
    const again = await page.context().newPage()
    await again.goto(url)
    await again.getByText('has been used already').waitFor()
    await page.getByText('OAuth info is correct').waitFor()
  })
})

describe.each([
  ['with the windows tied', false],
  ['with the windows cut apart', true],
])('adding a provider %s', (_, isolated) => {
  it('leads from the three steps to the list, and survives a reload', async () => {
    if (isolated) await isolateBitbucket(page.context(), demo.info)
    await page.goto('/settings/gitops')
    await page.getByRole('link', { name: 'Add a Git provider' }).click()
    await looksGood(page, 'wizard-step-1')
    await page.getByRole('button', { name: 'Next' }).click()
    const bitbucket = await next(page, demo.info)
    await signInAtBitbucket(bitbucket, demo.info)
    await page.getByText('Waiting for your sign-in').waitFor()
    await looksGood(page, 'wizard-waiting')
    await page.reload()
    await page.getByText('Waiting for your sign-in').waitFor()
    await bitbucket.getByRole('button', { name: 'Grant access' }).click()
    await page.getByText('OAuth info is correct').waitFor()
    await page.reload()
    await page.getByText('OAuth info is correct').waitFor()
    await looksGood(page, 'wizard-step-3')
    if (!isolated) await picture(page, demo.info, 'confirm')
    expect(await page.content()).not.toContain(demo.info.secret)
    await page.getByRole('button', { name: 'Confirm and add' }).click()
    await page.getByRole('table', { name: 'Git providers' }).getByRole('link', { name: 'Bitbucket.org' }).waitFor()
    await looksGood(page, 'providers')
    await page.getByRole('table', { name: 'Git providers' }).getByRole('link', { name: 'Bitbucket.org' }).click()
    await page.getByRole('button', { name: 'Delete' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
    await page.getByText('No Git providers yet').waitFor()
  })
})
