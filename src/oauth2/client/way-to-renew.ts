import type { TokenSet } from './token-set.ts'

/** How a token is renewed: by its refresh token, or by asking anew. */
export interface WayToRenew {
  /** Whoever goes by one key at the same time gets one answer. */
  readonly key: unknown
  /** The token whose place the new one takes. */
  readonly previous: TokenSet
  /** What was renewed already. */
  known(): TokenSet | undefined
  fetch(): Promise<TokenSet>
  /** Is told what was fetched and stored, or what somebody else stored in its place. */
  settle(token: TokenSet): void
}
