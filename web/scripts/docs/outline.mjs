// The pages of the documentation in the order of its sidebar. A document that no group names comes last.

/** What the sidebar calls documents whose own titles are too long for it. */
const labels = {
  'README.md': 'Introduction',
  'CHANGELOG.md': 'Changes',
  'CONTRIBUTING.md': 'Contributing',
  'docs/setup/bitbucket.md': 'Bitbucket',
  'docs/setup/gitea.md': 'Gitea and Forgejo',
  'docs/command-line.md': 'Command line',
  'docs/drift.md': 'Schema drift',
  'docs/review.md': 'Reviews',
  'docs/rules.md': 'Rules',
  'docs/moving-in.md': 'Presets and steps',
  'docs/moving-in/histories.md': 'What is read',
  'docs/moving-in/variables.md': 'Variables',
  'docs/moving-in/other-tools.md': 'Other tools',
  'docs/add-a-provider.md': 'Add a provider',
  'docs/add-a-rule.md': 'Add a rule',
  'docs/add-an-engine.md': 'Add an engine',
  'docs/api-rights.md': 'Rights of the API',
  'docs/adr': 'Decisions',
}

const groups = [
  ['Start', 'README.md', 'docs/setup/bitbucket.md', 'docs/setup/gitea.md', 'deploy', 'operate', 'command-line'],
  [
    'Moving in',
    ...['moving-in', 'moving-in/flyway', 'moving-in/liquibase', 'moving-in/golang-migrate', 'moving-in/goose'],
    ...['moving-in/dbmate', 'moving-in/prisma', 'moving-in/atlas', 'moving-in/rails', 'moving-in/django-alembic'],
    ...['moving-in/other-tools', 'moving-in/histories', 'moving-in/variables'],
  ],
  ['Changes', 'review', 'rules', 'drift', 'notifications', 'receipts'],
  ['People', 'single-sign-on', 'service-accounts', 'api-rights'],
  [
    'Inside',
    ...['ARCHITECTURE', 'GLOSSARY', 'invariants', 'crash-matrix', 'benchmarks', 'docs/adr', 'add-a-provider'],
    ...['add-an-engine', 'add-a-rule', 'CONTRIBUTING.md', 'CHANGELOG.md'],
  ],
]

/** The name that the sidebar has for a document. */
export function labelOf(path, title) {
  return labels[path] ?? title.replace(/^Moving from /, '')
}

/**
 * The groups of the sidebar with those documents that there are. Decisions are behind their list, and
 * documents that no group names are in a last group.
 */
export function outlineOf(paths) {
  const left = new Set(paths.filter(path => !path.startsWith('docs/adr/')))
  const outline = groups.map(([title, ...names]) => {
    const members = names.map(name => (/\.md$|^docs/.test(name) ? name : `docs/${name}.md`))
    return { title, paths: members.filter(path => left.delete(path)) }
  })
  return [...outline, { title: 'More', paths: [...left].sort() }].filter(group => group.paths.length > 0)
}
