import { expect, it } from 'vitest'
import { moved } from './order'

it.each([
  ['down', 0, 2, ['b', 'c', 'a']],
  ['up', 2, 0, ['c', 'a', 'b']],
  ['nowhere beyond the end', 2, 3, ['a', 'b', 'c']],
] as const)('moves %s', (_, from, to, want) => expect(moved(['a', 'b', 'c'], from, to)).toEqual(want))
