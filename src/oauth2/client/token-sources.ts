import { LruCache } from '../../util/lru.ts'
import type { TokenSet } from './token-set.ts'
import type { WayToRenew } from './way-to-renew.ts'

const MAX_REMEMBERED = 1000

/** Where tokens without refresh token come from, and the one that came last. */
interface TokenSource {
  readonly renew: () => Promise<TokenSet>
  latest: TokenSet
}

/**
 * How tokens were asked for that come without a refresh token (client credentials, assertions): they are renewed by asking
 * again. A token is known by its text, so that one which was stored, copied or read again is still the same; and it may be
 * used for ever, since whoever presents it after its end gets the one that came last.
 */
export class TokenSources {
  readonly #sources: LruCache<string, TokenSource> = new LruCache({ max: MAX_REMEMBERED })
  readonly #isExpired: (token: TokenSet) => boolean

  constructor(isExpired: (token: TokenSet) => boolean) {
    this.#isExpired = isExpired
  }

  remember(token: TokenSet, renew: () => Promise<TokenSet>): void {
    if (this.#sources.get(token.access_token) !== undefined) return
    this.#sources.set(token.access_token, { renew, latest: token })
  }

  wayOf({ access_token }: TokenSet): WayToRenew | undefined {
    const source = this.#sources.get(access_token)
    if (source === undefined) return undefined
    return {
      key: source,
      previous: source.latest,
      known: () => (this.#isExpired(source.latest) ? undefined : source.latest),
      fetch: source.renew,
      settle: (token) => {
        source.latest = token
        this.#sources.set(token.access_token, source)
      },
    }
  }
}
