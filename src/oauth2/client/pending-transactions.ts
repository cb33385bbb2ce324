import type { Sealer } from '../../crypto/sealed.ts'
import { cookieName, parseCookies } from '../../http/cookies.ts'
import type { HttpRequest } from '../../http/request.ts'
import type { Seconds } from '../../util/clock.ts'
import { type CarriedTransaction, readTransaction, TRANSACTION_LIFETIME, type TransactionKind } from './transaction.ts'
import { isSecure, transactionName, transactionPrefix } from './transaction-cookie.ts'

/** How many attempts one browser may have under way. */
const MAX_PENDING = 8
/** How long the sealed attempts may be together: of a header that is too long, servers read nothing at all. */
const MAX_PENDING_LENGTH = 8192
/** More cookies than this with our name are not ours, and not worth opening. */
const MAX_OPENED = 32

export interface PendingTransaction {
  /** The cookie's, without prefix. */
  readonly name: string
  /** The sealed text's. */
  readonly length: number
  readonly transaction: CarriedTransaction
}

/** The attempts that this application started in this browser; cookies that do not open belong to somebody else. */
export async function readPending(
  request: HttpRequest,
  kind: TransactionKind,
  sealer: Sealer,
): Promise<readonly PendingTransaction[]> {
  const cookies = [...parseCookies(request.header('cookie'))].filter(([name]) =>
    name.replace(/^__Host-/, '').startsWith(transactionPrefix(kind)),
  )
  const opened = cookies.slice(0, MAX_OPENED).map(([name, value]) => open(name, value, kind, sealer))
  return (await Promise.all(opened)).filter((attempt) => attempt !== undefined)
}

/** Those that have to go so that one more of some length may come: the expired, then the oldest. */
export function findSurplus(
  pending: readonly PendingTransaction[],
  length: number,
  now: Seconds,
): readonly PendingTransaction[] {
  // Browsers send the older cookie first, which settles the order within one second.
  const newestFirst = [...pending].reverse().sort((a, b) => b.transaction.createdAt - a.transaction.createdAt)
  const fresh = newestFirst.filter(({ transaction }) => transaction.createdAt > now - TRANSACTION_LIFETIME)
  const kept = takeFitting(fresh.slice(0, MAX_PENDING - 1), MAX_PENDING_LENGTH - length)
  return newestFirst.filter((attempt) => !kept.includes(attempt))
}

/** Under another name than its own, an attempt was planted: that must not make the real ones go. */
async function open(
  cookie: string,
  sealed: string,
  kind: TransactionKind,
  sealer: Sealer,
): Promise<PendingTransaction | undefined> {
  const transaction = readTransaction(await sealer.unseal(sealed))
  if (transaction === undefined) return undefined
  const name = await transactionName(kind, transaction.state)
  const isOwn = cookie === cookieName(name, isSecure(transaction.redirectUri))
  return isOwn ? { name, length: sealed.length, transaction } : undefined
}

/** The first ones, as far as they fit. */
function takeFitting(attempts: readonly PendingTransaction[], room: number): readonly PendingTransaction[] {
  let length = 0
  return attempts.filter((attempt) => {
    length += attempt.length
    return length <= room
  })
}
