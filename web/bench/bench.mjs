// Measures the console of a demo: bytes of the first load, largest contentful paint, and Lighthouse's scores. Run by `npm run bench`
// in this folder, with the program at ../../bin/towpath or in TOWPATH_BIN. Each line ends with ok or short of its goal.
import lighthouse, { desktopConfig } from 'lighthouse'
import { bench, withDemo } from './demo.mjs'

const port = 20000 + Math.floor(Math.random() * 20000)

await withDemo([], [`--remote-debugging-port=${port}`], async ({ info, browser, context }) => {
  const cookie = (await context.cookies()).map(one => `${one.name}=${one.value}`).join('; ')
  const cold = await browser.newContext({ extraHTTPHeaders: { cookie }, viewport: { width: 1350, height: 940 } })
  const first = await cold.newPage()
  let bytes = 0
  const network = await cold.newCDPSession(first)
  await network.send('Network.enable')
  network.on('Network.loadingFinished', event => {
    bytes += event.encodedDataLength
  })
  await first.goto(`${info.consoleUrl}/rollouts`)
  await first.getByRole('table', { name: 'Rollouts' }).waitFor()
  const paint = await first.evaluate(
    () =>
      new Promise(resolve => {
        new PerformanceObserver(list => resolve(list.getEntries().at(-1).startTime)).observe({
          type: 'largest-contentful-paint',
          buffered: true,
        })
      }),
  )
  bench('console-first-load', Math.round(bytes / 1024), 230, 'KB', true)
  bench('console-largest-paint', Math.round(paint), 1000, 'ms', true)
  await cold.close()

  const result = await lighthouse(
    `${info.consoleUrl}/rollouts`,
    {
      port,
      output: 'json',
      logLevel: 'error',
      extraHeaders: { Cookie: cookie },
      onlyCategories: ['performance', 'accessibility', 'best-practices'],
    },
    desktopConfig,
  )
  const goals = { performance: 95, accessibility: 100, 'best-practices': 100 }
  for (const [name, goal] of Object.entries(goals))
    bench(`console-lighthouse-${name}`, Math.round(result.lhr.categories[name].score * 100), goal, 'points', false)
  for (const audit of Object.values(result.lhr.audits)) {
    if (audit.score !== null && audit.score < 0.9 && audit.scoreDisplayMode === 'binary')
      console.log(`  ${audit.id}: ${audit.title}`)
  }
})
