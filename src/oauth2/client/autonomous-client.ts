import { ApiCalls } from './api-calls.ts'
import type { OAuth2Client } from './client.ts'
import type { ProtectedRequestOptions } from './protected-fetch.ts'
import type { TokenSet } from './token-set.ts'

/** A request without a token: the client has its own. */
export type AutonomousRequestOptions = Omit<ProtectedRequestOptions, 'token' | 'request' | 'withholdToken'>

/**
 * A program that calls APIs for itself, and not for people: it gets its token when it first needs one, and another when that
 * has expired. Keep one object; everyone who uses it shares the token, and waits for the same one.
 *
 * @example
 * const reports = new AutonomousClient(client, () => client.clientCredentials({ scope: 'reports' }))
 * const response = await reports.get('https://api.example/reports')
 */
export class AutonomousClient extends ApiCalls<AutonomousRequestOptions> {
  readonly #client: OAuth2Client
  readonly #fetch: () => Promise<TokenSet>
  #first: Promise<TokenSet> | undefined

  /** @param fetch gets a token: `() => client.clientCredentials()`. */
  constructor(client: OAuth2Client, fetch: () => Promise<TokenSet>) {
    super()
    this.#client = client
    this.#fetch = fetch
  }

  /**
   * The token, a new one where there is none or it is about to end.
   *
   * @throws ClientError `token_refused` …
   */
  async token(): Promise<TokenSet> {
    this.#first ??= this.#begin()
    return this.#client.ensureActiveToken(await this.#first)
  }

  /** Calls an API, see `OAuth2Client.request`. */
  async request(method: string, url: string | URL, options: AutonomousRequestOptions = {}): Promise<Response> {
    return this.#client.request(method, url, { ...options, token: await this.token() })
  }

  /** Whoever comes after a failure begins anew. */
  async #begin(): Promise<TokenSet> {
    try {
      return this.#client.renewable(await this.#fetch(), this.#fetch)
    } catch (error) {
      this.#first = undefined
      throw error
    }
  }
}
