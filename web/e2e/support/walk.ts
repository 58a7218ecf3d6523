import type { Locator, Page } from 'playwright-core'

/** What a walk costs a person. */
export interface Cost {
  decisions: number
  keys: number
  /** From the first key to the last, by a program that does not have to read. */
  seconds: number
}

/** Drives a page by keyboard alone, and counts what a person does. */
export class Walk {
  private readonly page: Page
  private keys = 0
  private decisions = 0
  private began = 0

  constructor(page: Page) {
    this.page = page
  }

  async press(key: string) {
    this.began ||= performance.now()
    this.keys++
    await this.page.keyboard.press(key)
  }

  async type(text: string) {
    for (const letter of text) await this.press(letter === ' ' ? 'Space' : letter)
  }

  /** Presses Tab until a control has the focus. */
  async reach(control: Locator) {
    for (let presses = 0; presses < 60; presses++) {
      if (await control.evaluate(element => element === document.activeElement)) return
      await this.press('Tab')
    }
    throw new Error(`Tab does not reach ${control}`)
  }

  /** Goes to a control and presses it, as an answer of the person. */
  async decide(control: Locator) {
    await this.reach(control)
    this.decisions++
    await this.press('Enter')
  }

  cost(): Cost {
    return { decisions: this.decisions, keys: this.keys, seconds: (performance.now() - this.began) / 1000 }
  }
}
