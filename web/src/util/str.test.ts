import { expect, it } from 'vitest'
import { about, size } from './str'

it.each([
  [0, '0'],
  [9_999, '9,999'],
  [12_345, 'about 12.3 thousand'],
  [41_000_000, 'about 41 million'],
])('says %d as %s', (n, text) => expect(about(n)).toBe(text))

it.each([
  [0, '0 bytes'],
  [1023, '1023 bytes'],
  [1024, '1.0 KiB'],
  [150 * 1024 * 1024, '150 MiB'],
  [4.1 * 1024 ** 3, '4.1 GiB'],
  [5 * 1024 ** 6, '5120 PiB'],
])('gives %d bytes as %s', (n, text) => expect(size(n)).toBe(text))
