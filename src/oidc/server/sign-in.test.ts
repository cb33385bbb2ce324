import { describe, expect, it, vi } from 'vitest'
import { TestProvider } from '../../../test/support/openid-provider.ts'
import type { Attempt } from '../../oauth2/server/index.ts'

describe('RFC 6585 §4 passwords that are guessed', () => {
  it('are not looked at beyond the limit: the form says so, and when to come back', async () => {
    const authenticate = vi.fn(() => undefined)
    const asked: Attempt[] = []
    const provider = new TestProvider({
      interactions: { authenticate },
      rateLimit: (attempt) => {
        if (attempt.kind !== 'login') return undefined
        asked.push(attempt)
        return asked.length > 1 ? { retryAfter: 120 } : undefined
      },
    })
    const browser = provider.browser()
    const form = await browser.open(provider.url())
    const first = await provider.signIn(browser, form, 'mallory')
    expect([first.status, authenticate.mock.calls.length]).toEqual([422, 1])
    const second = await provider.signIn(browser, form, 'mallory')
    expect([second.page, second.status, second.headers.get('retry-after')]).toEqual(['sign-in', 429, '120'])
    expect(second.body).toContain('There were too many attempts to sign in. Wait some minutes before you try again.')
    expect(second.body).toContain('value="mallory"')
    expect(authenticate).toHaveBeenCalledTimes(1)
    expect(asked[0]).toMatchObject({ kind: 'login', endpoint: 'interaction', account: 'mallory' })
  })

  it('are not told to listeners by name: people type passwords into the wrong field', async () => {
    const provider = new TestProvider({
      rateLimit: ({ kind }) => (kind === 'login' ? { retryAfter: 1 } : undefined),
    })
    const told: unknown[] = []
    provider.server.on('rate.limited', (event) => {
      told.push(event)
    })
    const browser = provider.browser()
    await provider.signIn(browser, await browser.open(provider.url()), 'correct horse battery staple')
    expect(told).toHaveLength(1)
    expect(JSON.stringify(told)).not.toContain('horse')
  })
})
