import type { ClientRegistrationStore } from '../../oauth2/server/store.ts'
import type { StoreCheck } from './check.ts'
import { expectNothing, expectSame, expectTally } from './expect.ts'
import { aClient, awkwardText, uniqueId } from './fixtures.ts'
import { race } from './race.ts'

export const clientChecks: readonly StoreCheck<ClientRegistrationStore>[] = [
  {
    name: 'finds a client as it was saved, and nothing for an unknown id',
    async run(store) {
      const client = aClient()
      await store.saveClient(client)
      expectSame(await store.findClient(client.client_id), client, 'findClient')
      expectNothing(await store.findClient(uniqueId()), 'findClient with an unknown id')
    },
  },
  {
    name: 'saveClient replaces the whole client',
    async run(store) {
      const first = aClient({ policy_uri: 'https://app.example/policy' })
      const second = aClient({ client_id: first.client_id, client_name: 'Renamed' })
      await store.saveClient(first)
      await store.saveClient(second)
      expectSame(await store.findClient(first.client_id), second, 'findClient after a second saveClient')
    },
  },
  {
    name: 'deleteClient: of sixteen callers one ends it',
    async run(store) {
      const client = aClient()
      await store.saveClient(client)
      const outcomes = await race(() => store.deleteClient(client.client_id))
      expectTally(outcomes, { true: 1, false: 15 }, 'deleteClient by sixteen callers')
      expectNothing(await store.findClient(client.client_id), 'findClient after deleteClient')
    },
  },
  {
    name: 'ids are compared exactly, not interpreted',
    async run(store) {
      const base = uniqueId()
      const known = aClient({ client_id: `${base}aé` })
      await store.saveClient(known)
      for (const other of similarIds(base)) {
        expectNothing(await store.findClient(other), `findClient with ${JSON.stringify(other.replace(base, ''))}`)
        expectSame(
          await store.deleteClient(other),
          false,
          `deleteClient with ${JSON.stringify(other.replace(base, ''))}`,
        )
      }
      expectSame(await store.findClient(known.client_id), known, 'findClient')
    },
  },
  {
    name: 'names of object members are ids like any other',
    async run(store) {
      for (const id of ['__proto__', 'constructor', 'toString'])
        expectNothing(await store.findClient(id), `findClient with ${id}`)
    },
  },
  {
    name: 'keeps large values and awkward text',
    async run(store) {
      const client = aClient({ client_name: awkwardText, tos_uri: awkwardText.repeat(5000) })
      await store.saveClient(client)
      expectSame(await store.findClient(client.client_id), client, 'findClient')
    },
  },
  {
    name: 'what goes in and what comes out is not the stored object',
    async run(store) {
      const redirectUris = ['https://app.example/callback']
      const client = aClient({ redirect_uris: redirectUris })
      await store.saveClient(client)
      redirectUris.push('https://attacker.example/')
      const found = await store.findClient(client.client_id)
      if (found !== undefined) tryToChange(found, 'client_name')
      const expected = { ...client, redirect_uris: ['https://app.example/callback'] }
      expectSame(await store.findClient(client.client_id), expected, 'findClient after its answer was changed')
    },
  },
]

/** Ids that are equal to `${base}aé` for a database that folds, trims, normalises, cuts or matches patterns. */
function similarIds(base: string): string[] {
  return [
    'Aé',
    'AÉ',
    'ae\u0301',
    'ae',
    'aé ',
    ' aé',
    'aé\u0000',
    'aé\u0000x',
    '%',
    '_é',
    'a*',
    "aé' OR '1'='1",
    'a',
  ].map((end) => base + end)
}

/** A store may freeze what it hands out. */
function tryToChange(record: object, member: string): void {
  Reflect.set(record, member, 'changed')
}
