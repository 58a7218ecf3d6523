import { expect, it } from 'vitest'
import { withEach } from './several'

it('does all items in order, and says which failed', async () => {
  const done: number[] = []
  const outcomes = await withEach([1, 2, 3], async item => {
    if (item === 2) throw new Error('no')
    done.push(item)
  })
  expect(done).toEqual([1, 3])
  expect(outcomes.map(({ item, error }) => [item, (error as Error | undefined)?.message])).toEqual([
    [1, undefined],
    [2, 'no'],
    [3, undefined],
  ])
})

it('waits for one item before the next', async () => {
  let running = 0
  await withEach([1, 2], async () => {
    running++
    await Promise.resolve()
    expect(running--).toBe(1)
  })
})
