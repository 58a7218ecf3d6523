// Renders a document: Markdown as GitHub shows it, with the addresses of this site.
import { posix } from 'node:path'
import { Marked } from 'marked'

/** The address of a document or a folder of them. */
export function addressOf(path) {
  if (path === 'README.md') return '/docs'
  const name = path.replace(/\.md$/, '').replace(/^docs\//, '')
  return `/docs/${name === name.toUpperCase() ? name.toLowerCase() : name}`
}

export function escaped(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}

/** Makes the ids of the headings of one document, as GitHub does. */
function namer() {
  const taken = new Set()
  return title => {
    const base = title
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-')
    let name = base
    for (let i = 1; taken.has(name); i++) name = `${base}-${i}`
    taken.add(name)
    return name
  }
}

/**
 * The page of a document, in parts: title, html, its sections for the contents and the search. Links
 * to files that are no document, such as source code, become plain text.
 */
export function render(path, text, isDocument) {
  const sections = []
  const name = namer()
  const target = href => {
    const [file, hash = ''] = href.split('#', 2)
    const full = file ? posix.join(posix.dirname(path), file).replace(/\/$/, '') : path
    if (!isDocument(full)) return undefined
    return addressOf(full) + (hash && `#${hash}`)
  }
  const renderer = {
    heading({ tokens, depth }) {
      const inner = this.parser.parseInline(tokens)
      const title = this.parser.parseInline(tokens, this.parser.textRenderer)
      const id = name(title)
      sections.push({ depth, id, title: plain(title), text: '' })
      if (depth === 1) return `<h1 id="${id}">${inner}</h1>\n`
      return `<h${depth} id="${id}"><a href="#${id}">${inner}</a></h${depth}>\n`
    },
    link({ href, tokens }) {
      const inner = this.parser.parseInline(tokens)
      const to = /^(https?|mailto):/.test(href) ? href : target(href)
      return to === undefined ? inner : `<a href="${escaped(to)}">${inner}</a>`
    },
    image({ href, text: alt }) {
      const to = addressOf(posix.join(posix.dirname(path), href))
      return `<img src="${escaped(to)}" alt="${escaped(alt)}" loading="lazy">`
    },
    table(token) {
      // A header without words is an empty cell, so that nobody is told of a header that says nothing.
      const cells = row =>
        row
          .map(cell => this.tablecell(cell))
          .join('')
          .replace(/<th[^>]*>\s*<\/th>/g, '<td></td>')
      const body = token.rows.map(row => `<tr>${cells(row)}</tr>`).join('\n')
      const head = `<thead><tr>${cells(token.header)}</tr></thead>`
      return `<div class="wide" tabindex="0"><table>${head}<tbody>${body}</tbody></table></div>\n`
    },
    code({ text: code }) {
      return `<pre tabindex="0"><code>${escaped(code)}</code></pre>\n`
    },
    html: () => '',
  }
  const marked = new Marked({ renderer })
  const html = marked.parser(marked.lexer(text))
  fill(sections, html)
  return { title: sections[0]?.title ?? path, html, sections }
}

/** Gives each section the words below its heading. */
function fill(sections, html) {
  const parts = html.split(/<h[1-6] id="[^"]*">.*?<\/h[1-6]>/s)
  for (const [i, section] of sections.entries()) section.text = plain(parts[i + 1] ?? '')
}

/** The words of a piece of HTML. */
function plain(html) {
  const spaced = html.replace(/<[^>]*>/g, part => (/^<\/?(a|code|em|strong)\b/.test(part) ? '' : ' '))
  return unescaped(spaced).replace(/\s+/g, ' ').trim()
}

function unescaped(text) {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&')
}
