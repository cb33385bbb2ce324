import type { ClientRegistrationStore } from '../../oauth2/server/store.ts'
import type { StoreCheck } from './check.ts'
import { expectNothing, expectSame, expectTally } from './expect.ts'
import { aClient, awkwardText, uniqueId } from './fixtures.ts'
import { callers, race } from './race.ts'

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
    name: 'replaceClient: of sixteen callers with one registration token one replaces',
    async run(store) {
      const client = aClient({ registration_token_id: 'first' })
      await store.saveClient(client)
      const changes = Array.from({ length: callers }, (_, caller) =>
        aClient({ client_id: client.client_id, registration_token_id: `next ${caller}` }),
      )
      const outcomes = await Promise.all(changes.map(async (changed) => store.replaceClient(changed, 'first')))
      expectTally(outcomes, { true: 1, false: 15 }, 'replaceClient by sixteen callers')
      const winner = changes[outcomes.indexOf(true)]
      expectSame(await store.findClient(client.client_id), winner, 'findClient')
    },
  },
  {
    name: 'replaceClient needs the client and its registration token, and creates nothing',
    async run(store) {
      const registered = aClient({ registration_token_id: 'token' })
      const written = aClient()
      await store.saveClient(registered)
      await store.saveClient(written)
      for (const id of [registered.client_id, written.client_id, uniqueId()]) {
        const before = await store.findClient(id)
        const changed = aClient({ client_id: id, client_name: 'Changed' })
        expectSame(await store.replaceClient(changed, 'TOKEN'), false, 'replaceClient')
        expectSame(await store.findClient(id), before, 'findClient')
      }
    },
  },
  {
    name: 'a registered client disappears when nobody has used it in time',
    async run(store, clock) {
      const client = aClient({ registration_token_id: 'token', unused_until: clock.now() + 60 })
      await store.saveClient(client)
      clock.advance(59)
      expectSame(await store.findClient(client.client_id), client, 'findClient one second before')
      clock.advance(1)
      expectNothing(await store.findClient(client.client_id), 'findClient at unused_until')
      expectSame(await store.replaceClient(client, 'token'), false, 'replaceClient at unused_until')
      expectSame(await store.deleteClient(client.client_id), false, 'deleteClient at unused_until')
    },
  },
  {
    name: 'a client that was used is saved again, and stays',
    async run(store, clock) {
      const { unused_until: _unusedUntil, ...used } = aClient({ unused_until: 0 })
      const unused = { ...used, registration_token_id: 'token', unused_until: clock.now() + 60 }
      const others = { ...unused, client_id: uniqueId() }
      await store.saveClient(unused)
      await store.saveClient(others)
      await store.saveClient(used)
      await store.replaceClient({ ...used, client_id: others.client_id }, 'token')
      clock.advance(60)
      expectSame(await store.findClient(used.client_id), used, 'findClient after saveClient')
      const replaced = { ...used, client_id: others.client_id }
      expectSame(await store.findClient(others.client_id), replaced, 'findClient after replaceClient')
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
