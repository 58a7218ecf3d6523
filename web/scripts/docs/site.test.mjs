import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { docsOf } from '../../src/forms/link/convention-docs'
import { documents } from './build.mjs'
import { siteOf } from './site.mjs'

const site = siteOf(documents())
const root = join(import.meta.dirname, '..', '..', '..')

/** The page of the site at an address; undefined when there is none. */
const pageAt = address => site.get(`${address.replace(/^\/docs\/?/, '') || 'index'}.html`)

test('every link of every page leads somewhere', () => {
  let followed = 0
  for (const [file, html] of site) {
    if (!file.endsWith('.html')) continue
    for (const [, href] of html.matchAll(/<a [^>]*?href="([^"]*)"/g)) {
      if (/^(https?|mailto):/.test(href) || href === '/') continue
      const [address, id] = href.split('#', 2)
      const target = address === '' ? html : pageAt(address)
      expect(target, `${file}: ${href}`).toBeDefined()
      if (id) expect(target.includes(`id="${id}"`), `${file}: ${href}`).toBe(true)
      followed++
    }
  }
  expect(followed).toBeGreaterThan(2000)
})

test('every picture is one of the documentation, and nothing comes from elsewhere', () => {
  for (const [file, html] of site) {
    if (!file.endsWith('.html')) continue
    for (const [, source] of html.matchAll(/<(?:img|script|link|iframe) [^>]*?(?:src|href)="([^"]*)"/g)) {
      expect(source, file).toMatch(/^\/(favicon\.svg$|docs\/)/)
      if (source.endsWith('.png')) expect(existsSync(join(root, source)), source).toBe(true)
    }
    expect(html, file).not.toMatch(/ (style|on\w+)="/)
  }
})

test('every document has a page, and the sidebar leads to each but the decisions', () => {
  for (const path of documents().keys()) {
    const name = path.replace(/^docs\//, '').replace(/\.md$/, '')
    const file = path === 'README.md' ? 'index.html' : `${name === name.toUpperCase() ? name.toLowerCase() : name}.html`
    expect(site.has(file), path).toBe(true)
    if (path.startsWith('docs/adr/')) continue
    const address = `/docs/${file.replace(/\.html$/, '')}`.replace(/\/index$/, '')
    expect(site.get('index.html'), path).toContain(`<li><a href="${address}"`)
  }
})

test('text of a document is never markup', () => {
  const hostile =
    '# A <script>x</script> & `b<c`\n\n| a | `x|<img onerror=x>` |\n|---|---|\n| <b onclick=x> | c |\n\n    <i>\n'
  const pages = siteOf(new Map([['README.md', hostile]]))
  const html = pages.get('index.html')
  expect(html.match(/<script/g)).toHaveLength(2)
  expect(html).not.toMatch(/<(img on|b on|i>)/)
  expect(html).toContain('&lt;i&gt;')
})

test('headings have the ids that GitHub gives them', () => {
  const html = siteOf(new Map([['README.md', '# One\n\n## The API: `a_b`, Ümlaut!\n\n## Twice\n\n## Twice\n']])).get(
    'index.html',
  )
  for (const id of ['the-api-a_b-ümlaut', 'twice', 'twice-1']) expect(html).toContain(`<h2 id="${id}">`)
})

test('links to source code are words', () => {
  const html = siteOf(new Map([['README.md', '# One\n\nSee [the gate](internal/gate.go#L1) and [a](#one).\n']])).get(
    'index.html',
  )
  expect(html).toContain('See the gate and <a href="/docs#one">')
})

test('the search knows each section with its words', () => {
  const found = JSON.parse(site.get('search.json'))
  const section = found.find(([address]) => address === '/docs/moving-in/flyway#what-is-read')
  expect(section?.slice(1, 3)).toEqual(['Moving from Flyway', 'What is read'])
  expect(section?.[3]).toContain('flyway_schema_history')
})

test('each tool that the server knows has a place in the documentation', () => {
  const source = readFileSync(join(root, 'internal', 'convention', 'convention.go'), 'utf8')
  const tools = [...source.matchAll(/ Tool = "([^"]+)"/g)].map(([, tool]) => tool)
  expect(tools.length).toBeGreaterThan(25)
  for (const tool of tools) {
    const [address, id = ''] = docsOf(tool).split('#')
    expect(pageAt(address), tool).toContain(id ? `id="${id}"` : '<h1')
    expect(address, tool).not.toBe('/docs/moving-in')
  }
})
