import { expect, test } from 'vitest'
import { wordMarkers } from './SqlBlock'

test('a file of another tool says what of it runs', () => {
  expect(wordMarkers({ format: 'goose', noTransaction: false, undo: { line: 1200, offset: 1, size: 2 } }, false)).toBe(
    'Written for goose. The way back begins at line 1,200 and does not run.',
  )
  expect(wordMarkers({ format: 'Atlas', noTransaction: true }, false)).toBe('Written for Atlas, without a transaction.')
  expect(wordMarkers({ format: 'dbmate', noTransaction: false, undo: { line: 4, offset: 1, size: 2 } }, true)).toBe(
    'Written for dbmate. The way back begins at line 4 and is all that runs here.',
  )
})
