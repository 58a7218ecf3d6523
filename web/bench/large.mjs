// Measures the console against a large Bitbucket: 500 repositories in 6 workspaces, and 2,000 files beside the migrations. From a
// click, or the end of typing, until what was asked for stands on the page.
import { bench, withDemo } from './demo.mjs'

await withDemo(['--large'], [], async ({ page }) => {
  page.setDefaultTimeout(60_000)
  const { items } = await page.evaluate(async () => (await fetch('/api/v1/projects')).json())
  await page.goto(`/projects/${items[0].id}/gitops/new`)
  const provider = page.getByRole('button', { name: 'Go on as' }).first()
  await provider.waitFor()

  await timed('console-repositories-500', 10_000, async () => {
    await provider.click()
    await page.getByText('500 repositories').waitFor()
    await page.getByRole('table', { name: 'Repositories' }).getByRole('row').nth(1).waitFor()
  })
  await timed('console-repository-search-500', 200, async () => {
    await page.getByLabel('Search repositories').fill('acme shop')
    await page.getByText('1 of 500 repositories').waitFor()
  })
  await timed('console-preview-2000-files', 3000, async () => {
    await page.getByRole('button', { name: 'Choose acme/shop-db' }).click()
    await page.getByRole('button', { name: '3 matching files' }).waitFor()
  })
  await timed('console-preview-again-2000-files', 2000, async () => {
    await page.getByLabel('Base directory').fill('')
    await page.getByRole('button', { name: '0 matching files' }).waitFor()
    await page.getByRole('button', { name: /ignored files/ }).click()
    await page.getByRole('table', { name: 'Files' }).getByRole('row').nth(1).waitFor()
  })
})

async function timed(name, goal, work) {
  const start = performance.now()
  await work()
  bench(name, Math.max(1, Math.round(performance.now() - start)), goal, 'ms', true)
}
