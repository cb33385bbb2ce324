import { Browser, type Page } from '../first-login/browser.ts'
import { ada } from './provider.ts'

/** Ada, who does in her browser what the pages ask of her. */
export class Person {
  readonly #browser: Browser = new Browser()

  open(url: string): Promise<Page> {
    return this.#browser.open(url)
  }

  press(page: Page, button: string): Promise<Page> {
    return this.#browser.submit(page, button)
  }

  /** Goes where a link leads, signs in and agrees to what is asked on the way. Where she ends up. */
  async follow(url: string): Promise<Page> {
    const { username, password } = ada
    let page = await this.#browser.open(url)
    for (const button of ['sign-in', 'continue', 'allow']) {
      if (page.html.includes(`id="${button}"`))
        page = await this.#browser.submit(page, button, button === 'sign-in' ? { username, password } : {})
    }
    return page
  }
}
