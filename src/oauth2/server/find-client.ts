import { type Awaitable, isPending } from '../../util/awaitable.ts'
import type { Client } from './records.ts'
import type { ClientStore } from './store.ts'

/**
 * The client of that id, to the letter: a database that ignores case or trailing spaces finds other clients than the one
 * that was asked for. Control characters, which some databases refuse with an exception, are in nobody's id.
 *
 * @spec RFC 6749 §2.2
 */
export async function findClient(store: ClientStore, clientId: string): Promise<Client | undefined> {
  return lookUpClient(store, clientId)
}

/** The same, at once where the store answers at once: for where every request passes. */
export function lookUpClient(store: ClientStore, clientId: string): Awaitable<Client | undefined> {
  if (/\p{Cc}/u.test(clientId)) return undefined
  const found = store.findClient(clientId)
  return isPending(found) ? found.then((client) => sameClient(client, clientId)) : sameClient(found, clientId)
}

function sameClient(client: Client | undefined, clientId: string): Client | undefined {
  return client?.client_id === clientId ? client : undefined
}
