import { describe, expect, it } from 'vitest'
import { defaults, patternsOf, specOf, withBaselines } from './values'

describe('specOf', () => {
  it('leaves out what was not chosen', () => {
    const spec = specOf('g', 'r', defaults('main'))
    expect(spec).toMatchObject({ branch: 'main', grantId: 'g', repositoryId: 'r' })
    for (const name of ['exclude', 'existingFiles', 'schemaPathTemplate', 'choices'])
      expect(spec).not.toHaveProperty(name)
  })
})

describe('patternsOf', () => {
  it('reads one pattern from each line', () => {
    expect(patternsOf(' *.down.sql\r\n\n  seed/ \n')).toEqual(['*.down.sql', 'seed/'])
    expect(specOf('g', 'r', { ...defaults('main'), exclude: 'a b\nc' }).exclude).toEqual(['a b', 'c'])
  })
})

describe('withBaselines', () => {
  const spec = specOf('g', 'r', defaults('main'))
  it('lets the records decide where nobody has chosen', () => {
    expect(withBaselines(spec, [])).toEqual({ ...spec, existingFiles: 'run' })
  })
  it('sends the choices of single databases', () => {
    const baselines = [{ databaseId: 'd', version: '3' }]
    expect(withBaselines(spec, baselines)).toEqual({ ...spec, existingFiles: 'run', baselines })
  })
})
