import type { KeyMembers } from '../../crypto/backend.ts'
import { decodeBase64url, encodeBase64url } from '../../util/base64url.ts'
import { JoseError } from '../errors.ts'

/** A private RSA key with all its numbers, of which it is known that they belong together. */
export function readRsaPrivate(members: KeyMembers): KeyMembers {
  const complete = members.p === undefined ? completeRsa(members) : members
  checkRsaPrivate(complete)
  return complete
}

type Numbers = Readonly<Record<'n' | 'e' | 'd' | 'p' | 'q' | 'dp' | 'dq' | 'qi', bigint>>

/**
 * A signature made with numbers that do not belong together can give the primes away, and platforms take such keys.
 *
 * @spec RFC 8017 §3.2
 */
function checkRsaPrivate(members: KeyMembers): void {
  const { n, e, d, p, q, dp, dq, qi } = numbersOf(members)
  const belong =
    p > 2n &&
    q > 2n &&
    p * q === n &&
    (e * d) % (p - 1n) === 1n &&
    (e * d) % (q - 1n) === 1n &&
    dp === d % (p - 1n) &&
    dq === d % (q - 1n) &&
    (qi * q) % p === 1n
  if (!belong) throw new JoseError('key_invalid', 'JWK invalid: its members are no key of type "RSA"')
}

/** Finds the primes of a key that has only its exponents, and what is computed from them. @spec RFC 8017 §3.2 */
function completeRsa(members: KeyMembers): KeyMembers {
  const { n, e, d } = numbersOf(members)
  const [p, q] = d < n ? factor(n, e * d - 1n) : noPrimes()
  const crt = { p, q, dp: d % (p - 1n), dq: d % (q - 1n), qi: inverse(q, p) }
  return { ...members, ...Object.fromEntries(Object.entries(crt).map(([name, value]) => [name, toText(value)])) }
}

/**
 * The deterministic way to the primes (NIST SP 800-56B Rev. 2, appendix C.2): `e·d − 1` is a small multiple of a
 * multiple of both `p − 1` and `q − 1`, and that leads to their sum.
 */
function factor(n: bigint, multiple: bigint): [p: bigint, q: bigint] {
  if (n < 6n || multiple <= 0n) return noPrimes()
  const a = multiple * greatestCommonDivisor(n - 1n, multiple)
  const [m, r] = [a / n, a % n]
  const sum = (n - r) / (m + 1n) + 1n
  const square = sum * sum - 4n * n
  if (square <= 0n) return noPrimes()
  const difference = squareRoot(square)
  const [p, q] = [(sum + difference) / 2n, (sum - difference) / 2n]
  return p * q === n && q > 1n ? [p, q] : noPrimes()
}

function noPrimes(): never {
  throw new JoseError('key_invalid', 'JWK invalid: "n", "e" and "d" are not of one RSA key of two primes')
}

function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  let [x, y] = [a, b]
  while (y !== 0n) [x, y] = [y, x % y]
  return x
}

/** Newton's method, from above. */
function squareRoot(value: bigint): bigint {
  let root = 1n << BigInt((value.toString(16).length * 4 + 1) >> 1)
  for (let next = root; ; ) {
    root = next
    next = (root + value / root) >> 1n
    if (next >= root) return root
  }
}

/** The inverse of `a` modulo a prime, by Euclid's algorithm. */
function inverse(a: bigint, prime: bigint): bigint {
  let [x, y, u, v] = [a % prime, prime, 1n, 0n]
  while (x > 0n) {
    const quotient = y / x
    ;[x, y] = [y % x, x]
    ;[u, v] = [v - quotient * u, u]
  }
  return ((v % prime) + prime) % prime
}

function numbersOf(members: KeyMembers): Numbers {
  const { n, e, d, p, q, dp, dq, qi } = members
  const texts = { n, e, d, p, q, dp, dq, qi }
  return Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, toNumber(text)])) as Numbers
}

function toNumber(text = ''): bigint {
  let hex = '0x0'
  for (const byte of decodeBase64url(text)) hex += hexDigits[byte] ?? ''
  return BigInt(hex)
}

/** The digits of each byte: looking them up takes less time than spelling them. */
const hexDigits: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

/** As few bytes as the number needs. @spec RFC 7518 §2 */
function toText(value: bigint): string {
  const hex = value.toString(16)
  const pairs = hex.padStart(hex.length + (hex.length % 2), '0').match(/../g) ?? []
  return encodeBase64url(Uint8Array.from(pairs, (pair) => Number.parseInt(pair, 16)))
}
