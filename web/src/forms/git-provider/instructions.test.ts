import { describe, expect, it } from 'vitest'
import type { Schemas } from '~/api/client'
import { addressProblem, adminInstructions } from './instructions'

const type: Schemas['ProviderType'] = {
  type: 'sample',
  name: 'Sample.org',
  instanceUrl: 'https://sample.org',
  addressLabel: '',
  appLabel: 'OAuth consumer',
  idLabel: 'Key',
  secretLabel: 'Secret',
  adminNotice: 'You need to be an administrator.',
  steps: ['Open the settings.', 'Save.'],
  permissions: [
    { group: 'Account', label: 'Read', scope: 'account', why: 'to know who connects' },
    { group: 'Webhooks', label: 'Read and write', scope: 'webhook', why: 'to hear of pushes' },
  ],
  callbackLabel: 'Callback URL',
  callbackUrl: 'https://towpath.example.com/oauth/callback',
  reports: true,
  rungs: [
    {
      number: 1,
      name: 'Pull requests',
      gives: 'comments',
      permissions: [{ group: 'Pull requests', label: 'Read', scope: 'pullrequest', why: 'to comment' }],
    },
  ],
  noRungs: '',
}

describe('adminInstructions', () => {
  it('holds everything that an admin has to enter', () => {
    const text = adminInstructions(type, 'Towpath')
    for (const part of [
      '1. Open the settings.',
      'Name: Towpath',
      'Callback URL: https://towpath.example.com/oauth/callback',
      'Account: Read',
      'Webhooks: Read and write: to hear of pushes',
      'Optional:\n  - Pull requests: Read: to comment',
    ]) {
      expect(text).toContain(part)
    }
  })
})

describe('adminInstructions of a type that is everywhere', () => {
  it('names the address that was entered', () => {
    const own = { ...type, instanceUrl: '', addressLabel: 'Sample URL' }
    expect(adminInstructions(own, 'Towpath', 'https://git.example.com')).toContain(
      'Sample.org (https://git.example.com)',
    )
  })
})

describe('addressProblem', () => {
  it('is silent at the external address', () => expect(addressProblem(type, 'https://towpath.example.com')).toBe(''))
  it('names the external address elsewhere', () =>
    expect(addressProblem(type, 'http://10.0.0.5:8080')).toBe('https://towpath.example.com'))
})
