import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launch, looksGood, signIn } from './support/browser'
import { type Demo, startDemo } from './support/demo'

let browser: Browser
let demo: Demo
let page: Page
let wire: Awaited<ReturnType<typeof startWire>>

/** A wire to the server that can be cut and joined again. */
async function startWire(target: URL) {
  const open = new Set<Socket>()
  const server = createServer(near => {
    const far = connect(Number(target.port), target.hostname)
    for (const socket of [near, far]) {
      open.add(socket)
      socket.on('error', () => {}).on('close', () => open.delete(socket))
    }
    near.pipe(far).pipe(near)
  })
  const listen = (port: number) => new Promise<void>(resolve => server.listen(port, '127.0.0.1', resolve))
  await listen(0)
  const { port } = server.address() as AddressInfo
  const cut = () => {
    server.close()
    for (const socket of open) socket.destroy()
  }
  return { url: `http://127.0.0.1:${port}`, cut, join: () => listen(port) }
}

beforeAll(async () => {
  browser = await launch()
  demo = await startDemo()
  wire = await startWire(new URL(demo.info.consoleUrl))
  page = await signIn(browser, { ...demo.info, consoleUrl: wire.url })
})
afterAll(async () => {
  await browser?.close()
  wire?.cut()
  await demo?.stop()
})

describe('while the server is away', () => {
  it('says so, asks ever less often, keeps what it has, and goes on when it is back', async () => {
    await page.goto('/rollouts')
    const row = page.getByRole('table', { name: 'Rollouts' }).getByRole('link', { name: 'Create the shop' })
    await row.waitFor()
    const banner = page.getByText('Can’t reach the server.')
    expect(await banner.count()).toBe(0)

    wire.cut()
    await banner.waitFor()
    await row.waitFor()
    await looksGood(page, 'server-away')
    let asked = 0
    page.on('request', () => asked++)
    await page.waitForTimeout(6000)
    expect(asked).toBeLessThan(8)

    await wire.join()
    await banner.waitFor({ state: 'detached', timeout: 30_000 })
  })
})
