import type {
  AccessTokenRecord,
  AuthorizationCodeRecord,
  DeviceCodeRecord,
  GrantRecord,
} from '../../../src/oauth2/server/records.ts'
import { type Mutant, pause } from './mutant.ts'

export const bulkRevocationMutants: readonly Mutant[] = [
  {
    name: 'tokens that belong to no grant are forgotten',
    caughtBy: 'revokeAll ends what is of a client, of a person, or of both, and nothing else',
    mutate: (store) => {
      const grants: GrantRecord[] = []
      return {
        saveTokens(tokens) {
          if (tokens.grant !== undefined) grants.push(tokens.grant)
          return store.saveTokens(tokens)
        },
        async revokeAll({ clientId, subject }, at) {
          let ended = 0
          for (const grant of grants) {
            const isOther =
              (clientId ?? grant.client_id) !== grant.client_id || (subject ?? grant.subject) !== grant.subject
            if (!isOther && (await store.revokeGrant(grant.id, at))) ended++
          }
          return ended
        },
      }
    },
  },
  {
    name: 'a client and a person end what is of either',
    caughtBy: 'revokeAll ends what is of a client, of a person, or of both, and nothing else',
    mutate: (store) => ({
      async revokeAll({ clientId, subject }, at) {
        const ofClient = clientId === undefined ? 0 : await store.revokeAll({ clientId }, at)
        return subject === undefined ? ofClient : ofClient + (await store.revokeAll({ subject }, at))
      },
    }),
  },
  {
    name: 'a token that has a grant ends with that grant only',
    caughtBy: 'revokeAll ends tokens that a client got by exchange from the grant of another client',
    mutate: (store) => {
      const saved = new Map<string, AccessTokenRecord>()
      const spared = new Map<string, AccessTokenRecord>()
      return {
        saveTokens(tokens) {
          if (tokens.accessToken?.grant_id !== undefined) saved.set(tokens.accessToken.id, tokens.accessToken)
          return store.saveTokens(tokens)
        },
        revokeAll(owner, at) {
          for (const [id, token] of saved) spared.set(id, token)
          return store.revokeAll(owner, at)
        },
        async findAccessToken(id) {
          const token = spared.get(id)
          const isSpared = token !== undefined && (await store.findGrant(token.grant_id ?? '')) !== undefined
          return isSpared ? token : store.findAccessToken(id)
        },
      }
    },
  },
  {
    name: 'nobody is everybody',
    caughtBy: 'revokeAll of nobody ends nothing',
    mutate: (store) => {
      const clients = new Set<string>()
      return {
        saveTokens(tokens) {
          if (tokens.grant !== undefined) clients.add(tokens.grant.client_id)
          return store.saveTokens(tokens)
        },
        async revokeAll(owner, at) {
          if (owner.clientId !== undefined || owner.subject !== undefined) return store.revokeAll(owner, at)
          for (const clientId of clients) await store.revokeAll({ clientId }, at)
          return 0
        },
      }
    },
  },
  {
    name: 'each caller counts what it found',
    caughtBy: 'revokeAll: of sixteen callers one ends each grant and token',
    mutate: (store) => ({
      async revokeAll(owner, at) {
        await pause()
        await store.revokeAll(owner, at)
        return 4
      },
    }),
  },
  {
    name: 'grants that have ended are counted again',
    caughtBy: 'revokeAll does not count what has ended already',
    mutate: (store) => {
      let grants = 0
      return {
        saveTokens(tokens) {
          if (tokens.grant !== undefined) grants++
          return store.saveTokens(tokens)
        },
        revokeAll: () => grants,
      }
    },
  },
  {
    name: 'codes and devices are not looked at',
    caughtBy: 'revokeAll ends authorizations that nobody has redeemed yet',
    mutate: (store) => {
      const codes: AuthorizationCodeRecord[] = []
      const devices: DeviceCodeRecord[] = []
      const grants = new Map<string, GrantRecord | undefined>()
      return {
        saveAuthorizationCode: (record) => void codes.push(record),
        saveDeviceCode: (record) => devices.push(record) > 0,
        decideDeviceCode(id, { grant }) {
          grants.set(id, grant)
          return 'done'
        },
        async revokeAll(owner, at) {
          const ended = await store.revokeAll(owner, at)
          for (const code of codes) await store.saveAuthorizationCode(code)
          for (const device of devices) {
            const grant = grants.get(device.id)
            await store.saveDeviceCode(device)
            if (grant !== undefined) await store.decideDeviceCode(device.id, { decision: 'approved', grant })
          }
          return ended
        },
      }
    },
  },
  {
    name: 'used codes are taken away with the rest',
    caughtBy: 'revokeAll leaves the tombstones of used codes',
    mutate: (store) => {
      let hasEnded = false
      return {
        revokeAll(owner, at) {
          hasEnded = true
          return store.revokeAll(owner, at)
        },
        consumeAuthorizationCode: (id, use) => (hasEnded ? 'gone' : store.consumeAuthorizationCode(id, use)),
      }
    },
  },
  {
    name: 'the tokens that are there are deleted, and grants are left to take more',
    caughtBy: 'revokeAll wins against fifteen refreshes and commits in flight',
    mutate: (store) => {
      const tokens: string[] = []
      return {
        async saveTokens(commit) {
          const isSaved = await store.saveTokens(commit)
          if (isSaved && commit.accessToken !== undefined) tokens.push(commit.accessToken.id)
          return isSaved
        },
        async revokeAll() {
          for (const id of tokens) await store.revokeAccessToken(id)
          return tokens.length
        },
      }
    },
  },
]
