import { expect, it } from 'vitest'
import { readingWords } from './link-reading'

const since = new Date(2026, 10, 22, 14, 3, 59).toISOString()

it.each([
  [3, 30, 'Reading 3 of 30 files since 14:03'],
  [0, 1, 'Reading 0 of 1 file since 14:03'],
  [1200, 2000, 'Reading 1,200 of 2,000 files since 14:03'],
  [0, 0, 'Reading the repository since 14:03'],
])('says %d of %d', (done, total, words) => expect(readingWords({ done, total, since })).toBe(words))
