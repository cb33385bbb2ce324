import { sha256Base64url } from '../../crypto/hash.ts'
import { randomToken } from '../../crypto/random.ts'
import type { SealedStore } from '../../crypto/sealed-store.ts'
import {
  type CarriedTransaction,
  packTransaction,
  readTransaction,
  TRANSACTION_LIFETIME,
  type Transaction,
  type TransactionKind,
} from './transaction.ts'

/**
 * Keeps attempts in a store, for a ticket that the browser carries instead: 256 random bits, which the store knows the hash
 * of. What it holds may be large, and is handed out once, however many processes are asked.
 */
export class TransactionVault {
  readonly #kind: TransactionKind
  readonly #values: SealedStore

  constructor(kind: TransactionKind, values: SealedStore) {
    this.#kind = kind
    this.#values = values
  }

  /** What the browser is to carry: what tells its attempts apart, and the ticket. */
  async deposit(transaction: Transaction): Promise<CarriedTransaction> {
    const { provider, state, redirectUri, isPosted, createdAt } = transaction
    const ticket = randomToken()
    await this.#values.set(await this.#keyOf(ticket), packTransaction(transaction), createdAt + TRANSACTION_LIFETIME)
    return { provider, state, redirectUri, createdAt, ticket, ...(isPosted !== undefined && { isPosted }) }
  }

  /** The attempt, for the last time. */
  async withdraw(ticket: string): Promise<Transaction | undefined> {
    const found = await this.#values.take(await this.#keyOf(ticket))
    return readTransaction(found?.value)
  }

  async discard(ticket: string): Promise<void> {
    await this.#values.delete(await this.#keyOf(ticket))
  }

  async #keyOf(ticket: string): Promise<string> {
    return `transaction:${this.#kind}:${await sha256Base64url(ticket)}`
  }
}
