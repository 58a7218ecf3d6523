import { expect, test } from 'vitest'
import { wordMarkers } from './SqlBlock'

test('a file of another tool says what of it runs', () => {
  expect(wordMarkers({ format: 'goose', noTransaction: false, undo: { line: 1200, offset: 1, size: 2 } })).toBe(
    'Written for goose. The way back begins at line 1,200 and does not run.',
  )
  expect(wordMarkers({ format: 'Atlas', noTransaction: true })).toBe('Written for Atlas, without a transaction.')
})
