import type { AccessTokenRecord, GrantRecord } from '../../../src/oauth2/server/records.ts'
import type { Store } from '../../../src/oauth2/server/store.ts'
import { type Mutant, pause } from './mutant.ts'

export const tokenMutants: readonly Mutant[] = [
  {
    name: 'revoking an access token finds it and then deletes it',
    caughtBy: 'revokeAccessToken: of sixteen callers one ends it',
    mutate: (store) => ({
      async revokeAccessToken(id) {
        const found = await store.findAccessToken(id)
        await pause()
        await store.revokeAccessToken(id)
        return found !== undefined
      },
    }),
  },
  {
    name: 'access tokens do not expire',
    caughtBy: 'a token without a family is found as it was saved, until it expires',
    mutate: (store) => ({ findAccessToken: keepAccessTokens(store) }),
  },
  {
    name: 'revoking an access token always succeeds',
    caughtBy: 'an unknown access token is not found and not revoked',
    mutate: (store) => ({
      async revokeAccessToken(id) {
        await store.revokeAccessToken(id)
        return true
      },
    }),
  },
  {
    name: 'a grant that is missing does not matter',
    caughtBy: 'tokens of an unknown grant are refused',
    mutate: (store) => ({
      async saveTokens(tokens) {
        await store.saveTokens(tokens)
        return true
      },
    }),
  },
  {
    name: 'revoking an access token revokes its grant',
    caughtBy: 'revoking an access token leaves the rest of its family',
    mutate: (store, clock) => ({
      async revokeAccessToken(id) {
        const grantId = (await store.findAccessToken(id))?.grant_id
        const isRevoked = await store.revokeAccessToken(id)
        if (grantId !== undefined) await store.revokeGrant(grantId, clock.now())
        return isRevoked
      },
    }),
  },
  {
    name: 'a column of the grant was forgotten',
    caughtBy: 'finds a grant and its tokens as they were saved',
    mutate: (store) => ({
      async findGrant(id) {
        const found = await store.findGrant(id)
        if (found === undefined) return undefined
        const { nonce: _, ...grant } = found
        return grant
      },
    }),
  },
  {
    name: 'a grant has one access token',
    caughtBy: 'tokens join a grant that exists',
    mutate: (store) => {
      const current = new Map<string, string>()
      return {
        async saveTokens(tokens) {
          const { grant_id: grantId, id } = tokens.accessToken ?? {}
          const replaced = grantId === undefined ? undefined : current.get(grantId)
          if (replaced !== undefined) await store.revokeAccessToken(replaced)
          if (grantId !== undefined && id !== undefined) current.set(grantId, id)
          return store.saveTokens(tokens)
        },
      }
    },
  },
  {
    name: 'revoking a grant finds it and then marks it',
    caughtBy: 'revokeGrant: of sixteen callers one ends it, and the family with it',
    mutate: (store) => ({
      async revokeGrant(id, at) {
        const found = await store.findGrant(id)
        await pause()
        await store.revokeGrant(id, at)
        return found !== undefined
      },
    }),
  },
  {
    name: 'access tokens are looked up without their grant',
    caughtBy: 'nothing outlives its grant',
    mutate: (store, clock) => {
      const find = keepAccessTokens(store)
      return {
        async findAccessToken(id) {
          const token = await find(id)
          return token !== undefined && token.expires_at > clock.now() ? token : undefined
        },
      }
    },
  },
  {
    name: 'a family is a person and a client',
    caughtBy: 'another grant of the same person and client is another family',
    mutate: (store, clock) => {
      const grants: GrantRecord[] = []
      return {
        saveTokens(tokens) {
          if (tokens.grant !== undefined) grants.push(tokens.grant)
          return store.saveTokens(tokens)
        },
        async revokeGrant(id) {
          for (const grant of grants) if (grant.id !== id) await store.revokeGrant(grant.id, clock.now())
          return store.revokeGrant(id, clock.now())
        },
      }
    },
  },
  {
    name: 'committing a grant again brings it back',
    caughtBy: 'a revoked grant takes no tokens, not even when it is committed again',
    mutate: (store) => ({
      async saveTokens(tokens) {
        return (await store.saveTokens(tokens)) || tokens.grant !== undefined
      },
    }),
  },
  {
    name: 'a commit in flight is visible after the revocation',
    caughtBy: 'revocation wins against fifteen commits in flight',
    mutate: (store) => {
      const saved = new Map<string, AccessTokenRecord>()
      const dead = new Set<string>()
      return {
        async saveTokens(tokens) {
          const isSaved = await store.saveTokens(tokens)
          await pause()
          if (isSaved && tokens.accessToken !== undefined) saved.set(tokens.accessToken.id, tokens.accessToken)
          return isSaved
        },
        revokeGrant(id, at) {
          for (const token of saved.values()) if (token.grant_id === id) dead.add(token.id)
          return store.revokeGrant(id, at)
        },
        findAccessToken: (id) => (dead.has(id) ? undefined : saved.get(id)),
      }
    },
  },
  {
    name: 'a grant is created however old it is',
    caughtBy: 'a grant that has already expired is not created',
    mutate: (store) => ({
      saveTokens(tokens) {
        if (tokens.grant === undefined) return store.saveTokens(tokens)
        return store.saveTokens({ ...tokens, grant: { ...tokens.grant, expires_at: tokens.grant.expires_at + 1 } })
      },
    }),
  },
  {
    name: 'the parts of a commit are written one after the other',
    caughtBy: 'a commit is written whole or not at all',
    mutate: (store) => ({
      async saveTokens({ refreshToken, ...tokens }) {
        if (!(await store.saveTokens(tokens))) return false
        return refreshToken === undefined || (await store.saveTokens({ refreshToken }))
      },
    }),
  },
  {
    name: 'revoking a grant always succeeds',
    caughtBy: 'an unknown grant is not found and not revoked',
    mutate: (store) => ({
      async revokeGrant(id, at) {
        await store.revokeGrant(id, at)
        return true
      },
    }),
  },
]

/** Access tokens stay where they were once seen. */
function keepAccessTokens(store: Store): Store['findAccessToken'] {
  const seen = new Map<string, AccessTokenRecord>()
  return async (id) => {
    const token = await store.findAccessToken(id)
    if (token !== undefined) seen.set(id, token)
    return seen.get(id)
  }
}
