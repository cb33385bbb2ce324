import { describe, expect, it } from 'vitest'
import { basic, body, codeRequest, get, TestServer } from '../../../../test/support/authorization-server.ts'
import { TestProvider } from '../../../../test/support/openid-provider.ts'

const BAD = { ...codeRequest(), redirect_uri: 'https://evil.example/' }
const LOCAL = ['http://localhost:3000', 'http://127.0.0.1:3000', 'http://[::1]:3000'] as const

/** The error page, of the plain server and of the one with pages. */
async function pages(issuer: string): Promise<string[]> {
  const plain = await new TestServer({ issuer }).server.handle(get(`/authorize?${new URLSearchParams(BAD)}`))
  const provider = new TestProvider({ issuer })
  const styled = await provider.browser().open(provider.url({ redirect_uri: 'https://evil.example/' }))
  expect([plain.status, styled.status]).toEqual([400, 400])
  return [String(plain.body), styled.body]
}

describe('the reason of an error', () => {
  it.each(LOCAL)('is on the page where the issuer is this machine: %s', async (issuer) => {
    for (const page of await pages(issuer)) {
      expect(page).toContain('redirect_uri_unregistered')
      expect(page).toContain('https://github.com/authwright/authwright/blob/main/docs/errors.md')
    }
  })

  it.each(['https://op.example', 'https://localhost.example', 'https://127.0.0.1.example'])(
    'is not on the page where it is not: %s',
    async (issuer) => {
      for (const page of await pages(issuer)) expect(page).not.toContain('redirect_uri_unregistered')
    },
  )

  it('is not on the page because a request says so', async () => {
    const headers = { host: 'localhost', 'x-forwarded-host': 'localhost' }
    const { server } = new TestServer()
    const page = await server.handle(get(`http://localhost/authorize?${new URLSearchParams(BAD)}`, headers))
    expect(String(page.body)).not.toContain('redirect_uri_unregistered')
  })

  it('never goes out to clients, this machine or not', async () => {
    for (const issuer of ['http://localhost:3000', 'https://op.example']) {
      const test = new TestServer({ issuer })
      const answer = body(await test.token({ grant_type: 'client_credentials' }, basic('web', 'wrong')))
      expect(Object.keys(answer)).toEqual(['error', 'error_description'])
      const redirect = await test.authorize({ ...codeRequest(), scope: 'unknown' })
      expect(JSON.stringify(redirect)).not.toContain('scope_unknown')
    }
  })

  it('is in the log', async () => {
    const test = new TestServer()
    await test.authorize(BAD)
    expect(test.log.join()).toContain('"reason":"redirect_uri_unregistered"')
  })
})
