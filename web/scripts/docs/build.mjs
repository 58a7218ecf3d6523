// Writes the documentation's site into dist/docs: pages, pictures, style and scripts.
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { siteOf } from './site.mjs'

const here = import.meta.dirname
const root = join(here, '..', '..', '..')
const out = join(here, '..', '..', 'dist', 'docs')

/** All documents of the repository that have a page, by path. */
export function documents() {
  const below = readdirSync(join(root, 'docs'), { recursive: true }).filter(path => path.endsWith('.md'))
  const paths = ['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', ...below.sort().map(path => `docs/${path}`)]
  return new Map(paths.map(path => [path, readFileSync(join(root, path), 'utf8')]))
}

function write(path, content) {
  mkdirSync(dirname(join(out, path)), { recursive: true })
  writeFileSync(join(out, path), content)
}

function build() {
  rmSync(out, { recursive: true, force: true })
  for (const [path, content] of siteOf(documents())) write(path, content)
  cpSync(join(root, 'docs', 'setup', 'images'), join(out, 'setup', 'images'), { recursive: true })
  const styles = [join(here, '..', '..', 'src', 'ui', 'colors.css'), join(here, 'docs.css')]
  write('docs.css', styles.map(path => readFileSync(path, 'utf8')).join(''))
  for (const script of ['theme.js', 'search.js']) cpSync(join(here, script), join(out, script))
}

if (process.argv[1] === import.meta.filename) build()
