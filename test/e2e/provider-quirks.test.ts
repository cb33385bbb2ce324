import { readFileSync } from 'node:fs'
import { type ComplianceHooks, OAuth2Client, type OAuth2ClientOptions } from 'authwright/oauth2/client'
import { describe, expect, it } from 'vitest'
import { listen } from '../support/listen.ts'

/** What a provider was seen to answer, and what becomes of it: the token, or the code of an error. */
interface Recorded {
  readonly provider: string
  readonly quirk: string
  readonly source: string
  readonly status: number
  readonly contentType: string
  readonly body: string
  readonly unrepaired: string | object
  readonly repair?: keyof typeof repairs
  readonly repaired?: object
}

const recorded: readonly Recorded[] = JSON.parse(
  readFileSync(new URL('../fixtures/providers/token-responses.json', import.meta.url), 'utf8'),
)

async function formOf(response: Response): Promise<Record<string, string>> {
  return Object.fromEntries(new URLSearchParams(await response.text()))
}

/** A few lines each: what an application writes for such a provider. */
const repairs = {
  form: { accessTokenResponse: async (response) => Response.json(await formOf(response)) },
  tokenType: {
    accessTokenResponse: async (response) => Response.json({ ...(await response.json()), token_type: 'Bearer' }),
  },
  facebook: {
    async accessTokenResponse(response) {
      const { expires, ...others } = await formOf(response)
      return Response.json({ token_type: 'Bearer', expires_in: expires, ...others })
    },
  },
  scopeList: {
    async accessTokenResponse(response) {
      const { scope, ...others } = await response.json()
      return Response.json({ ...others, scope: scope.join(' ') })
    },
  },
} satisfies Readonly<Record<string, ComplianceHooks>>

/** What a client makes of the answer, over HTTP. */
async function redeem(
  { status, contentType, body }: Recorded,
  options: Partial<OAuth2ClientOptions> = {},
): Promise<unknown> {
  const { origin, close } = await listen(() => (request, response) => {
    response.writeHead(status, { 'content-type': contentType }).end(body)
    request.resume()
  })
  const client = new OAuth2Client({ clientId: 'app', clientSecret: 's', accessTokenUrl: `${origin}/token`, ...options })
  return client
    .clientCredentials()
    .catch((error: { code: string }) => error.code)
    .finally(close)
}

describe('provider quirks: token answers as they were recorded', () => {
  it.each(recorded)('$provider $quirk', async (answer) => {
    expect(new URL(answer.source).protocol).toBe('https:')
    const outcome = await redeem(answer)
    if (typeof answer.unrepaired === 'string') expect(outcome).toBe(answer.unrepaired)
    else expect(outcome).toMatchObject(answer.unrepaired)
  })

  it.each(recorded.filter(({ repair }) => repair !== undefined))(
    '$provider $quirk: a hook repairs it',
    async (answer) => {
      const compliance = answer.repair === undefined ? {} : repairs[answer.repair]
      expect(await redeem(answer, { compliance })).toMatchObject(answer.repaired ?? {})
    },
  )
})

/** As the browser brought it back since April 2026: github.com/langfuse/langfuse/issues/13091. */
const fromGitHub = (state: string): string =>
  `https://app.example/callback?code=abc&state=${state}&iss=https%3A%2F%2Fgithub.com%2Flogin%2Foauth`

describe('provider quirks: GitHub began to send `iss` (next-auth#13409, langfuse#13091)', () => {
  const github = {
    clientId: 'app',
    clientSecret: 's',
    authorizeUrl: 'https://github.com/login/oauth/authorize',
    accessTokenUrl: 'https://github.com/login/oauth/access_token',
    redirectUri: 'https://app.example/callback',
  }

  it('RFC 9207 §2.4 does not keep a client out that was told no issuer, and who logs in was bound by state and PKCE', async () => {
    const client = new OAuth2Client(github)
    const { state } = await client.createAuthorizationUrl()
    expect((await client.validateCallback(fromGitHub(state), { state })).code).toBe('abc')
  })

  it('RFC 9207 §2.4 compares it where the client was told the issuer', async () => {
    const told = new OAuth2Client({ ...github, issuer: 'https://github.com/login/oauth' })
    const { state } = await told.createAuthorizationUrl()
    expect((await told.validateCallback(fromGitHub(state), { state })).issuer).toBe('https://github.com/login/oauth')
    const other = new OAuth2Client({ ...github, issuer: 'https://github.com' })
    await expect(other.validateCallback(fromGitHub(state), { state })).rejects.toMatchObject({
      code: 'issuer_mismatch',
    })
  })
})
