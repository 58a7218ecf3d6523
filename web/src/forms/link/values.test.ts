import { describe, expect, it } from 'vitest'
import { defaults, specOf } from './values'

describe('specOf', () => {
  it('leaves out what was not chosen', () => {
    const spec = specOf('g', 'r', defaults('main'))
    expect(spec).not.toHaveProperty('existingFiles')
    expect(spec).not.toHaveProperty('schemaPathTemplate')
  })
  it('sends a baseline only when one was chosen', () => {
    const run = specOf('g', 'r', { ...defaults('main'), existingFiles: 'run', baselineVersion: '3' })
    expect(run).not.toHaveProperty('baselineVersion')
    const baseline = specOf('g', 'r', { ...defaults('main'), existingFiles: 'baseline', baselineVersion: '3' })
    expect(baseline).toMatchObject({
      existingFiles: 'baseline',
      baselineVersion: '3',
      branch: 'main',
      grantId: 'g',
      repositoryId: 'r',
    })
  })
})
