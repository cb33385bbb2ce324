import type { Client } from './records.ts'
import type { ClientStore } from './store.ts'

/**
 * The client of that id, to the letter: a database that ignores case or trailing spaces finds other clients than the one
 * that was asked for. Control characters, which some databases refuse with an exception, are in nobody's id.
 *
 * @spec RFC 6749 §2.2
 */
export async function findClient(store: ClientStore, clientId: string): Promise<Client | undefined> {
  if (/\p{Cc}/u.test(clientId)) return undefined
  const client = await store.findClient(clientId)
  return client?.client_id === clientId ? client : undefined
}
