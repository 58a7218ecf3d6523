import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { launch, looksGood } from './support/browser'
import { type EmptyServer, startServer } from './support/server'
import { enter, toStepTwo } from './support/wizard'

let browser: Browser
let bitbucket: Server
let server: EmptyServer
let page: Page

/** A Bitbucket of which nothing works but the consent page, which sends people straight back. */
function brokenBitbucket(): Promise<Server> {
  const far = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost')
    if (url.pathname === '/site/oauth2/authorize') {
      const back = new URL(url.searchParams.get('redirect_uri') ?? '')
      back.searchParams.set('code', 'anything')
      back.searchParams.set('state', url.searchParams.get('state') ?? '')
      response.writeHead(302, { location: back.href }).end()
      return
    }
    response
      .writeHead(503, { 'content-type': 'text/html' })
      .end('<html><title>Bitbucket is having trouble</title></html>')
  })
  return new Promise(resolve => far.listen(0, 'localhost', () => resolve(far)))
}

beforeAll(async () => {
  browser = await launch()
  bitbucket = await brokenBitbucket()
  const url = `http://localhost:${(bitbucket.address() as AddressInfo).port}`
  server = await startServer('--bitbucket-url', url, '--bitbucket-api-url', `${url}/2.0`)
  const context = await browser.newContext({ baseURL: server.url, viewport: { width: 1280, height: 900 } })
  context.setDefaultTimeout(15_000)
  page = await context.newPage()
  await page.goto(`/setup#${server.token}`)
  await page.getByLabel('Your name').fill('Olive Owner')
  await page.getByLabel('Email').fill('olive@example.com')
  await page.getByLabel('Password', { exact: true }).fill('a long enough password')
  await page.getByRole('button', { name: 'Create the workspace' }).click()
  await page.getByRole('navigation', { name: 'Main' }).waitFor()
})
afterAll(async () => {
  await browser?.close()
  await server?.stop()
  bitbucket?.close()
})

describe('while Bitbucket is down', () => {
  it('goes on to the sign-in, says so when that fails, and loses nothing', async () => {
    await toStepTwo(page)
    await enter(page, { applicationId: 'a-key', secret: 'a-secret' })
    await page.getByRole('button', { name: 'Next' }).click()
    await page.getByText('The provider does not answer').waitFor()
    await page.getByText('Nothing is lost').waitFor()
    await looksGood(page, 'wizard-bitbucket-down')
    await page.getByRole('link', { name: 'Check the values and try again' }).click()
    await page.getByLabel('Application ID').and(page.locator('[value="a-key"]')).waitFor()
  })
})
