import type {
  AccessTokenRecord,
  AuthorizationCodeRecord,
  Client,
  GrantRecord,
} from '../../src/oauth2/server/records.ts'
import type { Store } from '../../src/oauth2/server/store.ts'
import type { ManualClock } from '../../src/stores/contract.ts'

/** A way to write a store wrongly that was met in the wild or is easily met, and the check that has to notice. */
export interface Mutant {
  readonly name: string
  readonly caughtBy: string
  readonly mutate: (store: Store, clock: ManualClock) => Partial<Store>
}

/** Time for others: what an await on a database gives them. */
const pause = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

const codeMutants: readonly Mutant[] = [
  {
    name: 'redeeming finds the code, checks it and then uses it up',
    caughtBy: 'consumeAuthorizationCode: of sixteen redemptions one is done, and only its tokens exist',
    mutate: (store) => ({
      async consumeAuthorizationCode(id, use) {
        const code = await store.findAuthorizationCode(id)
        await pause()
        if (code === undefined) return 'gone'
        if (code.consumed_at !== undefined) return 'replayed'
        const outcome = await store.consumeAuthorizationCode(id, use)
        if (outcome === 'replayed' && use.tokens !== undefined) await store.saveTokens(use.tokens)
        return 'done'
      },
    }),
  },
  {
    name: 'burning finds the code, checks it and then uses it up',
    caughtBy: 'consumeAuthorizationCode: sixteen that burn and redeem at once agree on one end',
    mutate: (store) => ({
      async consumeAuthorizationCode(id, use) {
        if (use.tokens !== undefined) return store.consumeAuthorizationCode(id, use)
        const code = await store.findAuthorizationCode(id)
        await pause()
        if (code === undefined) return 'gone'
        if (code.consumed_at !== undefined) return 'replayed'
        await store.consumeAuthorizationCode(id, use)
        return 'done'
      },
    }),
  },
  {
    name: 'redeeming writes the tokens before it knows who has won',
    caughtBy: 'consumeAuthorizationCode: of sixteen redemptions one is done, and only its tokens exist',
    mutate: (store) => ({
      async consumeAuthorizationCode(id, { tokens, ...use }) {
        if (tokens !== undefined) await store.saveTokens(tokens)
        await pause()
        return store.consumeAuthorizationCode(id, use)
      },
    }),
  },
  {
    name: 'redeeming marks the code first and writes the tokens later',
    caughtBy: 'whoever sees that a code was used sees its tokens as well',
    mutate: marksCodesFirst,
  },
  {
    name: 'a replay that revokes runs before the grant is written',
    caughtBy: 'a replay that revokes at once leaves nothing of the family alive',
    mutate: marksCodesFirst,
  },
  {
    name: 'a code is deleted when it is used',
    caughtBy: 'redeeming a code writes its grant and tokens and leaves a tombstone',
    mutate: deletesUsedCodes,
  },
  {
    name: 'a code is deleted when it is burnt',
    caughtBy: 'a burnt code leaves a tombstone and redeems nothing',
    mutate: deletesUsedCodes,
  },
  {
    name: 'a tombstone ends when the code would have expired',
    caughtBy: 'a tombstone outlives the code, until keepUntil and no longer',
    mutate: endsTombstonesEarly,
  },
  {
    name: 'a sweep takes tombstones of codes that would have expired',
    caughtBy: 'sweep leaves tombstones until keepUntil',
    mutate: endsTombstonesEarly,
  },
  {
    name: 'a replay renews the tombstone',
    caughtBy: 'a tombstone is not prolonged by replays',
    mutate: (store) => {
      const lastUses = new Map<string, number>()
      return {
        consumeAuthorizationCode(id, use) {
          lastUses.set(id, use.at)
          return store.consumeAuthorizationCode(id, use)
        },
        async findAuthorizationCode(id) {
          const code = await store.findAuthorizationCode(id)
          const consumedAt = lastUses.get(id)
          return code === undefined || consumedAt === undefined ? code : { ...code, consumed_at: consumedAt }
        },
      }
    },
  },
  {
    name: 'a code is used up although its tokens were refused',
    caughtBy: 'a code whose tokens cannot be written stays unused',
    mutate: (store) => ({
      async consumeAuthorizationCode(id, use) {
        const outcome = await store.consumeAuthorizationCode(id, use)
        if (outcome === 'gone') await store.consumeAuthorizationCode(id, { at: use.at, keepUntil: use.keepUntil })
        return outcome
      },
    }),
  },
  {
    name: 'the column of the code challenge was forgotten',
    caughtBy: 'finds an authorization code as it was saved, and nothing for an unknown id',
    mutate: (store) => ({
      async findAuthorizationCode(id) {
        const found = await store.findAuthorizationCode(id)
        if (found === undefined) return undefined
        const { code_challenge: _, ...code } = found
        return code
      },
    }),
  },
  {
    name: 'codes do not expire',
    caughtBy: 'an unused code disappears when it expires, and redeems nothing',
    mutate: (store) => ({
      saveAuthorizationCode: (code) => store.saveAuthorizationCode({ ...code, expires_at: code.expires_at * 2 }),
    }),
  },
  {
    name: 'tokens are written whether or not the code is known',
    caughtBy: 'an unknown code is gone, and redeems nothing',
    mutate: (store) => ({
      async consumeAuthorizationCode(id, use) {
        const outcome = await store.consumeAuthorizationCode(id, use)
        if (outcome === 'gone' && use.tokens !== undefined) await store.saveTokens(use.tokens)
        return outcome
      },
    }),
  },
]

function marksCodesFirst(store: Store): Partial<Store> {
  return {
    async consumeAuthorizationCode(id, { tokens, ...use }) {
      const outcome = await store.consumeAuthorizationCode(id, use)
      if (outcome !== 'done' || tokens === undefined) return outcome
      await pause()
      await store.saveTokens(tokens)
      return outcome
    },
  }
}

function deletesUsedCodes(store: Store): Partial<Store> {
  return {
    async findAuthorizationCode(id) {
      const code = await store.findAuthorizationCode(id)
      return code?.consumed_at === undefined ? code : undefined
    },
    async consumeAuthorizationCode(id, use) {
      const outcome = await store.consumeAuthorizationCode(id, use)
      return outcome === 'replayed' ? 'gone' : outcome
    },
  }
}

function endsTombstonesEarly(store: Store): Partial<Store> {
  return {
    async consumeAuthorizationCode(id, use) {
      const code = await store.findAuthorizationCode(id)
      return store.consumeAuthorizationCode(id, { ...use, keepUntil: code?.expires_at ?? use.keepUntil })
    },
  }
}

const refreshTokenMutants: readonly Mutant[] = [
  {
    name: 'rotation finds the token, checks it and then writes',
    caughtBy: 'rotateRefreshToken: of sixteen callers one is done, and only its successors exist',
    mutate: (store) => ({
      async rotateRefreshToken(id, rotation) {
        const token = await store.findRefreshToken(id)
        await pause()
        if (token === undefined) return 'gone'
        if (token.rotated_at !== undefined) return 'replayed'
        const outcome = await store.rotateRefreshToken(id, rotation)
        if (outcome === 'replayed') await store.saveTokens(rotation.tokens)
        return 'done'
      },
    }),
  },
  {
    name: 'rotation marks the token first and writes its successor later',
    caughtBy: 'whoever sees that a token was rotated sees its answer and its successor as well',
    mutate: marksRefreshTokensFirst,
  },
  {
    name: 'a token is rotated although its successor was refused',
    caughtBy: 'a token whose successors cannot be written stays as it was',
    mutate: marksRefreshTokensFirst,
  },
  {
    name: 'the answer of a rotation is not kept whole',
    caughtBy: 'a rotated token is kept with the answer of its rotation, until it expires',
    mutate: (store) => ({
      rotateRefreshToken: (id, rotation) =>
        store.rotateRefreshToken(id, { ...rotation, successorResponse: rotation.successorResponse.slice(0, 255) }),
    }),
  },
  {
    name: 'a rotation in flight writes after the revocation',
    caughtBy: 'revocation wins against fifteen rotations in flight',
    mutate: (store) => {
      const late = new Set<string>()
      return {
        async rotateRefreshToken(id, rotation) {
          const token = await store.findRefreshToken(id)
          await pause()
          if (token === undefined) return 'gone'
          const outcome = await store.rotateRefreshToken(id, rotation)
          const { accessToken } = rotation.tokens
          if (outcome !== 'gone' || accessToken === undefined) return outcome
          late.add(accessToken.id)
          return 'done'
        },
        async findAccessToken(id) {
          return late.has(id)
            ? { id, client_id: '', scope: '', created_at: 0, expires_at: 0 }
            : store.findAccessToken(id)
        },
      }
    },
  },
  {
    name: 'a rotated token of a revoked grant still counts as replayed',
    caughtBy: 'a refresh token of a revoked grant is gone, rotated or not',
    mutate: (store) => {
      const rotated = new Set<string>()
      return {
        async rotateRefreshToken(id, rotation) {
          if (rotated.has(id)) return 'replayed'
          const outcome = await store.rotateRefreshToken(id, rotation)
          if (outcome === 'done') rotated.add(id)
          return outcome
        },
      }
    },
  },
  {
    name: 'refresh tokens do not expire',
    caughtBy: 'a refresh token disappears when it expires, and rotates into nothing',
    mutate: (store) => ({
      saveTokens({ refreshToken, ...tokens }) {
        if (refreshToken === undefined) return store.saveTokens(tokens)
        return store.saveTokens({
          ...tokens,
          refreshToken: { ...refreshToken, expires_at: refreshToken.expires_at * 2 },
        })
      },
    }),
  },
  {
    name: 'tokens are written whether or not the refresh token is known',
    caughtBy: 'an unknown refresh token is gone, and rotates into nothing',
    mutate: (store) => ({
      async rotateRefreshToken(id, rotation) {
        const outcome = await store.rotateRefreshToken(id, rotation)
        if (outcome === 'gone') await store.saveTokens(rotation.tokens)
        return outcome
      },
    }),
  },
  {
    name: 'a family can be rotated once',
    caughtBy: 'a successor is rotated in its turn',
    mutate: (store) => {
      const rotated = new Set<string>()
      return {
        async rotateRefreshToken(id, rotation) {
          const grantId = (await store.findRefreshToken(id))?.grant_id ?? ''
          if (rotated.has(grantId)) return 'replayed'
          const outcome = await store.rotateRefreshToken(id, rotation)
          if (outcome === 'done') rotated.add(grantId)
          return outcome
        },
      }
    },
  },
]

function marksRefreshTokensFirst(store: Store): Partial<Store> {
  return {
    async rotateRefreshToken(id, { tokens, ...rotation }) {
      const outcome = await store.rotateRefreshToken(id, { ...rotation, tokens: {} })
      await pause()
      return outcome !== 'done' || (await store.saveTokens(tokens)) ? outcome : 'gone'
    },
  }
}

const tokenMutants: readonly Mutant[] = [
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

const clientMutants: readonly Mutant[] = [
  {
    name: 'clients are kept in a plain object',
    caughtBy: 'names of object members are ids like any other',
    mutate: () => {
      const clients: Record<string, Client> = {}
      return {
        saveClient(client) {
          clients[client.client_id] = structuredClone(client)
        },
        findClient: (clientId) => clients[clientId],
      }
    },
  },
  {
    name: 'a client that is unknown is made up',
    caughtBy: 'finds a client as it was saved, and nothing for an unknown id',
    mutate: (store) => ({
      findClient: async (clientId) => (await store.findClient(clientId)) ?? { client_id: clientId },
    }),
  },
  {
    name: 'saving a client merges it with what was there',
    caughtBy: 'saveClient replaces the whole client',
    mutate: (store) => ({
      async saveClient(client) {
        await store.saveClient({ ...(await store.findClient(client.client_id)), ...client })
      },
    }),
  },
  {
    name: 'deleting a client finds it and then deletes it',
    caughtBy: 'deleteClient: of sixteen callers one ends it',
    mutate: (store) => ({
      async deleteClient(clientId) {
        const found = await store.findClient(clientId)
        await pause()
        await store.deleteClient(clientId)
        return found !== undefined
      },
    }),
  },
  ...[
    { name: 'folds case', fold: (id: string) => id.toLowerCase() },
    { name: 'trims', fold: (id: string) => id.trim() },
    { name: 'normalises', fold: (id: string) => id.normalize('NFC') },
    { name: 'ignores accents', fold: (id: string) => id.normalize('NFD').replace(/\p{M}/gu, '') },
    { name: 'cuts at the null character', fold: (id: string) => id.split('\u0000')[0] ?? '' },
  ].map(
    ({ name, fold }): Mutant => ({
      name: `the column of the id ${name}`,
      caughtBy: 'ids are compared exactly, not interpreted',
      mutate: () => {
        const clients = new Map<string, Client>()
        return {
          saveClient(client) {
            clients.set(fold(client.client_id), structuredClone(client))
          },
          findClient: (clientId) => clients.get(fold(clientId)),
        }
      },
    }),
  ),
  {
    name: 'text is cut to the width of its column',
    caughtBy: 'keeps large values and awkward text',
    mutate: (store) => ({
      async findClient(clientId) {
        const client = await store.findClient(clientId)
        return client?.tos_uri === undefined ? client : { ...client, tos_uri: client.tos_uri.slice(0, 65_535) }
      },
    }),
  },
  {
    name: 'the stored object is handed in and out',
    caughtBy: 'what goes in and what comes out is not the stored object',
    mutate: () => {
      const clients = new Map<string, Client>()
      return {
        saveClient(client) {
          clients.set(client.client_id, client)
        },
        findClient: (clientId) => clients.get(clientId),
      }
    },
  },
]

const otherMutants: readonly Mutant[] = [
  {
    name: 'the first consent stays',
    caughtBy: 'finds a consent as it was saved last',
    mutate: (store) => ({
      async saveConsent(record) {
        if ((await store.findConsent(record.subject, record.client_id)) === undefined) await store.saveConsent(record)
      },
    }),
  },
  {
    name: 'person and client are joined into one key',
    caughtBy: 'a consent belongs to one person and one client',
    mutate: (store) => ({
      saveConsent: (record) => store.saveConsent(record),
      async findConsent(subject, clientId) {
        const joined = subject + clientId
        for (let end = 1; end < joined.length; end++) {
          const found = await store.findConsent(joined.slice(0, end), joined.slice(end))
          if (found !== undefined) return found
        }
        return undefined
      },
    }),
  },
  {
    name: 'deleting a consent finds it and then deletes it',
    caughtBy: 'deleteConsent: of sixteen callers one ends it',
    mutate: (store) => ({
      async deleteConsent(subject, clientId) {
        const found = await store.findConsent(subject, clientId)
        await pause()
        await store.deleteConsent(subject, clientId)
        return found !== undefined
      },
    }),
  },
  {
    name: 'saving a session again does not prolong it',
    caughtBy: 'finds a session as it was saved last, until it expires',
    mutate: (store) => ({
      async saveSession(record) {
        const expiresAt = (await store.findSession(record.id))?.expires_at ?? record.expires_at
        await store.saveSession({ ...record, expires_at: expiresAt })
      },
    }),
  },
  {
    name: 'deleting a session finds it and then deletes it',
    caughtBy: 'deleteSession: of sixteen callers one ends it',
    mutate: (store) => ({
      async deleteSession(id) {
        const found = await store.findSession(id)
        await pause()
        await store.deleteSession(id)
        return found !== undefined
      },
    }),
  },
  {
    name: 'remembering looks and then writes',
    caughtBy: 'rememberOnce: of sixteen callers one is the first',
    mutate: looksThenRemembers,
  },
  {
    name: 'remembering looks and then writes, after expiry too',
    caughtBy: 'rememberOnce: of sixteen callers one is the first again after expiry',
    mutate: looksThenRemembers,
  },
  {
    name: 'a replay renews what is remembered',
    caughtBy: 'a replay does not prolong what is remembered',
    mutate: (_, clock) => {
      const markers = new Map<string, number>()
      return {
        rememberOnce(key, expiresAt) {
          const isKnown = (markers.get(key) ?? 0) > clock.now()
          markers.set(key, expiresAt)
          return !isKnown
        },
      }
    },
  },
  {
    name: 'keys are cut to the width of their column',
    caughtBy: 'keys are compared exactly, not interpreted',
    mutate: (store) => ({ rememberOnce: (key, expiresAt) => store.rememberOnce(key.slice(0, 37), expiresAt) }),
  },
  {
    name: 'a sweep has no limit',
    caughtBy: 'sweep removes at most its limit, and comes to an end',
    mutate: (store) => ({ sweep: () => store.sweep(1_000_000) }),
  },
  {
    name: 'a sweep never comes to an end',
    caughtBy: 'sweep removes at most its limit, and comes to an end',
    mutate: () => ({ sweep: (limit) => limit }),
  },
  {
    name: 'a sweep takes what will expire soon',
    caughtBy: 'sweep takes nothing that is live',
    mutate: (store) => {
      const codes = new Map<string, AuthorizationCodeRecord>()
      return {
        saveAuthorizationCode(record) {
          codes.set(record.id, record)
        },
        findAuthorizationCode: (id) => codes.get(id),
        sweep(limit) {
          codes.clear()
          return store.sweep(limit)
        },
      }
    },
  },
  {
    name: 'a sweep takes revoked grants before their end',
    caughtBy: 'sweep does not forget that a grant was revoked',
    mutate: (store) => {
      const revoked = new Set<string>()
      return {
        async saveTokens(tokens) {
          return (await store.saveTokens(tokens)) || (tokens.grant !== undefined && !revoked.has(tokens.grant.id))
        },
        revokeGrant(id, at) {
          revoked.add(id)
          return store.revokeGrant(id, at)
        },
        sweep(limit) {
          revoked.clear()
          return store.sweep(limit)
        },
      }
    },
  },
  {
    name: 'a token whose grant was swept looks as if it had none',
    caughtBy: 'a token whose grant was swept stays invisible',
    mutate: (store) => {
      const saved: AccessTokenRecord[] = []
      let isSwept = false
      return {
        saveTokens(tokens) {
          if (tokens.accessToken !== undefined) saved.push(tokens.accessToken)
          return store.saveTokens(tokens)
        },
        sweep(limit) {
          isSwept = true
          return store.sweep(limit)
        },
        async findAccessToken(id) {
          const found = await store.findAccessToken(id)
          return found ?? (isSwept ? saved.find((token) => token.id === id) : undefined)
        },
      }
    },
  },
]

function looksThenRemembers(store: Store, clock: ManualClock): Partial<Store> {
  const markers = new Map<string, number>()
  return {
    async rememberOnce(key, expiresAt) {
      const isKnown = (markers.get(key) ?? 0) > clock.now()
      await pause()
      markers.set(key, expiresAt)
      await store.rememberOnce(key, expiresAt)
      return !isKnown
    },
  }
}

export const mutants: readonly Mutant[] = [
  ...codeMutants,
  ...refreshTokenMutants,
  ...tokenMutants,
  ...clientMutants,
  ...otherMutants,
]
