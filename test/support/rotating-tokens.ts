import type { OutgoingRequest, Transport } from '../../src/http/fetch.ts'
import { RequestParameters } from '../../src/http/form.ts'
import { OAuth2Client } from '../../src/oauth2/client/client.ts'
import type { OAuth2ClientOptions } from '../../src/oauth2/client/options.ts'
import type { TokenSet } from '../../src/oauth2/client/token-set.ts'
import { answer, type TestClock } from './stub-provider.ts'

/** A token endpoint that rotates refresh tokens and takes each of them once, and an API beside it. */
export class RotatingTokens {
  /** The refresh tokens that were presented, and the grant types of other requests. */
  readonly presented: string[] = []
  /** The access tokens that the API was called with. */
  readonly used: string[] = []
  /** Awaited before the endpoint answers. */
  delay: () => Promise<void> = () => new Promise((resolve) => setTimeout(resolve, 1))
  lifetime = 3600
  readonly #spent = new Set<string>()

  readonly transport: Transport = async (request) => {
    if (request.url.endsWith('/token')) return this.#grant(RequestParameters.parse(String(request.body)))
    this.used.push(bearerOf(request))
    return answer(200, {})
  }

  /** A client of this server, and of the API. */
  client(clock: TestClock, options: Partial<OAuth2ClientOptions> = {}): OAuth2Client {
    return new OAuth2Client({
      clientId: 'app',
      clientSecret: 'secret',
      accessTokenUrl: 'https://op.example/token',
      apiBaseUrl: 'https://api.example/',
      clock: clock.read,
      transport: this.transport,
      ...options,
    })
  }

  async #grant(form: RequestParameters) {
    const refreshToken = form.get('refresh_token')
    this.presented.push(refreshToken ?? form.get('grant_type') ?? '')
    await this.delay()
    if (refreshToken !== undefined && this.#spent.has(refreshToken)) return answer(400, { error: 'invalid_grant' })
    const turn = this.presented.length
    if (refreshToken !== undefined) this.#spent.add(refreshToken)
    return answer(200, {
      access_token: `a${turn}`,
      token_type: 'Bearer',
      expires_in: this.lifetime,
      ...(refreshToken !== undefined && { refresh_token: `r${turn}` }),
    })
  }
}

/** A token that has just ended, with the refresh token `r0`. */
export function expiredToken(clock: TestClock, changes: Partial<TokenSet> = {}): TokenSet {
  return { access_token: 'a0', token_type: 'Bearer', refresh_token: 'r0', expires_at: clock.seconds, ...changes }
}

function bearerOf({ headers = [] }: OutgoingRequest): string {
  return headers.find(([name]) => name === 'authorization')?.[1].replace('Bearer ', '') ?? ''
}
