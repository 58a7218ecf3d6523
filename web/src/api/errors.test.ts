import { describe, expect, it } from 'vitest'
import { ApiError, formErrors } from './errors'

describe('formErrors', () => {
  const wrong = new ApiError(422, {
    detail: 'Paste the secret.',
    errors: [{ location: 'body.secret', message: 'Paste the secret.' }],
  })

  it('puts a message under the field that it is about', () => {
    expect(formErrors(wrong, ['secret'])).toEqual({ fields: { secret: 'Paste the secret.' }, rest: '' })
  })
  it('keeps a message about a field that the form does not have', () => {
    expect(formErrors(wrong, ['name'])).toEqual({ fields: {}, rest: 'Paste the secret.' })
  })
  it('says nothing when nothing is wrong', () => {
    expect(formErrors(null, ['name'])).toEqual({ fields: {}, rest: '' })
  })
  it('says what status came when the answer has no words', () => {
    expect(formErrors(new ApiError(502, {}), []).rest).toBe('The server answered with the status 502.')
  })
})
