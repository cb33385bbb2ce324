import { type TokenStore, tokenStore } from '../../src/oauth2/client/index.ts'
import type { KeyValueStore } from '../../src/util/key-value-store.ts'

/** Where all processes of the application keep their tokens, by the name of the person. */
export function sharedTokens(store: KeyValueStore): TokenStore<string> {
  return tokenStore(store, { secret: 'the secret of all the processes of an app', key: (person: string) => person })
}
