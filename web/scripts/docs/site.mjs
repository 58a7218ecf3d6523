// Makes the documentation's site from its documents: pure, texts in and files out.
import { labelOf, outlineOf } from './outline.mjs'
import { addressOf, escaped, render } from './render.mjs'

const decisions = 'docs/adr'

/** The documents of a site by path, and the list of decisions, which has no document of its own. */
function withDecisions(documents) {
  const records = [...documents.keys()].filter(path => path.startsWith(`${decisions}/`)).sort()
  if (records.length === 0) return documents
  const lines = records.map(path => {
    const title = /^# (.*)$/m.exec(documents.get(path))?.[1] ?? path
    return `- [${title.replace(/\./, '\\.')}](adr/${path.slice(decisions.length + 1)})`
  })
  return new Map([...documents, [decisions, `# Decisions\n\nWhy Towpath is as it is.\n\n${lines.join('\n')}\n`]])
}

/**
 * The files of the site, by their paths below docs/: a page for each document, and what the search
 * looks through.
 */
export function siteOf(given) {
  const documents = withDecisions(given)
  const pages = new Map([...documents].map(([path, text]) => [path, render(path, text, to => documents.has(to))]))
  const outline = outlineOf([...documents.keys()])
  const files = new Map()
  const found = []
  for (const [path, page] of pages) {
    files.set(fileOf(path), layout(path, page, outline, pages))
    for (const section of page.sections) {
      found.push([
        addressOf(path) + (section.depth > 1 ? `#${section.id}` : ''),
        page.title,
        section.title,
        section.text,
      ])
    }
  }
  files.set('search.json', JSON.stringify(found))
  return files
}

/** The file that the server sends for a document's address. */
function fileOf(path) {
  return `${addressOf(path).replace(/^\/docs\/?/, '') || 'index'}.html`
}

function layout(path, page, outline, pages) {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escaped(page.title === 'Towpath' ? 'Towpath documentation' : `${page.title} · Towpath`)}</title>
<link rel="icon" href="/favicon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/docs/docs.css">
<script src="/docs/theme.js"></script>
<script src="/docs/search.js" defer></script>
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<header>
<a class="mark" href="/docs"><img src="/favicon.svg" width="22" height="22" alt=""><span>Towpath</span></a>
<search><input type="search" id="search" placeholder="Search the documentation"
 aria-label="Search the documentation" aria-controls="found" autocomplete="off" hidden>
<div id="found" aria-live="polite"></div></search>
<a href="/">Console</a>
</header>
<div class="frame">
<nav class="pages" aria-label="Pages" tabindex="0"><details><summary>All pages</summary>
${outline.map(group => groupOf(group, path, pages)).join('\n')}
</details></nav>
<main id="content" tabindex="-1">
${page.html}</main>
${contentsOf(page)}
</div>
</body>
</html>
`
}

function groupOf(group, here, pages) {
  const current = to => to === here || (to === decisions && here.startsWith(`${decisions}/`))
  const links = group.paths.map(
    path =>
      `<li><a href="${addressOf(path)}"${current(path) ? ' aria-current="page"' : ''}>` +
      `${escaped(labelOf(path, pages.get(path).title))}</a></li>`,
  )
  return `<h2>${escaped(group.title)}</h2>\n<ul>\n${links.join('\n')}\n</ul>`
}

/** The headings of a page that has several. */
function contentsOf(page) {
  const heads = page.sections.filter(section => section.depth === 2)
  if (heads.length < 2) return ''
  const links = heads.map(({ id, title }) => `<li><a href="#${id}">${escaped(title)}</a></li>`)
  return `<nav class="contents" aria-label="On this page" tabindex="0"><h2>On this page</h2>\n<ul>\n${links.join('\n')}\n</ul></nav>`
}
