import type { Client } from '../../../src/oauth2/server/records.ts'
import { type Mutant, pause } from './mutant.ts'

export const clientMutants: readonly Mutant[] = [
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
  {
    name: 'a client is found, compared and then replaced',
    caughtBy: 'replaceClient: of sixteen callers with one registration token one replaces',
    mutate: (store) => ({
      async replaceClient(client, registrationTokenId) {
        const found = await store.findClient(client.client_id)
        await pause()
        if (found?.registration_token_id !== registrationTokenId) return false
        await store.saveClient(client)
        return true
      },
    }),
  },
  {
    name: 'any registration token will do',
    caughtBy: 'replaceClient needs the client and its registration token, and creates nothing',
    mutate: (store) => ({
      async replaceClient(client) {
        await store.saveClient(client)
        return false
      },
    }),
  },
  {
    name: 'unused clients stay',
    caughtBy: 'a registered client disappears when nobody has used it in time',
    mutate: (store) => {
      const kept = new Map<string, Client>()
      return {
        saveClient(client) {
          kept.set(client.client_id, client)
          return store.saveClient(client)
        },
        findClient: (clientId) => kept.get(clientId),
      }
    },
  },
  {
    name: 'the first unused_until stays',
    caughtBy: 'a client that was used is saved again, and stays',
    mutate: (store, clock) => {
      const ends = new Map<string, number>()
      return {
        saveClient(client) {
          if (client.unused_until !== undefined && !ends.has(client.client_id))
            ends.set(client.client_id, client.unused_until)
          return store.saveClient(client)
        },
        findClient: (clientId) =>
          (ends.get(clientId) ?? Number.POSITIVE_INFINITY) > clock.now() ? store.findClient(clientId) : undefined,
      }
    },
  },
]
