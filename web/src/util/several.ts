/** What came of one of several things. */
export interface Outcome<T> {
  item: T
  /** Why it failed; absent when it worked. */
  error?: unknown
}

/** Does something with each item, one after the other. An item that fails keeps no other from its turn. */
export async function withEach<T>(items: readonly T[], run: (item: T) => Promise<unknown>): Promise<Outcome<T>[]> {
  const outcomes: Outcome<T>[] = []
  for (const item of items) {
    try {
      await run(item)
      outcomes.push({ item })
    } catch (error) {
      outcomes.push({ item, error })
    }
  }
  return outcomes
}
