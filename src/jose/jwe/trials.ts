import { JoseError } from '../errors.ts'
import { Key } from '../jwk/key.ts'
import type { KeySource } from '../jwks/source.ts'
import { checkUnderstood } from '../jws/critical.ts'
import type { DecryptOptions } from './decrypt-options.ts'
import type { JweHeaderFacts } from './header.ts'
import { encryptionProblem } from './usage.ts'

/** A token for one of its recipients, taken apart and its header checked. Nothing is decoded but the header. */
export interface ParsedRecipient {
  readonly facts: JweHeaderFacts
  readonly encryptedKey: string
}

/** A key, and the part of a token that may be for it. */
export interface Trial {
  readonly recipient: ParsedRecipient
  readonly key: Key
}

type AtLeastOne<T> = readonly [T, ...T[]]

/**
 * The recipients whose algorithms the caller accepts; what the token says is only a claim. Where there are several,
 * the others need not be able to do what we can.
 *
 * @spec RFC 8725 §3.1
 */
export function allowedRecipients(
  recipients: readonly ParsedRecipient[],
  options: DecryptOptions,
): AtLeastOne<ParsedRecipient> {
  const { algorithms } = options
  const [first, ...others] = recipients.filter(({ facts }) => isListed(facts.algorithm.name, algorithms))
  if (first === undefined) throw algorithmNotAllowed(algorithms ?? [])
  checkAllowed(first.facts, options)
  return [first, ...others]
}

/** Whether the caller accepts what a header asks for. @spec RFC 8725 §3.1 */
export function checkAllowed(facts: JweHeaderFacts, options: DecryptOptions): void {
  const { algorithms, encryptions, allowCompression, critical } = options
  if (!isListed(facts.algorithm.name, algorithms)) throw algorithmNotAllowed(algorithms ?? [])
  if (!isListed(facts.enc.name, encryptions)) throw encryptionNotAllowed(encryptions ?? [])
  if (facts.isCompressed && allowCompression !== true) throw compressionNotAllowed()
  checkUnderstood(facts.critical, critical)
}

function isListed(name: string, list: readonly string[] | undefined): boolean {
  if (list === undefined) return true
  // Of a text, which untyped code may hand over, `includes` would look for a part.
  if (Array.isArray(list)) return list.includes(name)
  throw new TypeError('"algorithms" or "encryptions" option invalid: expected a list of names')
}

function algorithmNotAllowed(algorithms: readonly string[]): JoseError {
  if (algorithms.length === 0) return algorithmsRequired()
  const expected = quoted(algorithms)
  return new JoseError('algorithm_not_allowed', `"alg" (Algorithm) header parameter not allowed: expected ${expected}`)
}

function algorithmsRequired(): JoseError {
  return new JoseError('algorithms_required', '"algorithms" missing: expected a list, since the key names no algorithm')
}

function encryptionNotAllowed(encryptions: readonly string[]): JoseError {
  return new JoseError(
    'encryption_not_allowed',
    `"enc" (Encryption Algorithm) header parameter not allowed: expected ${quoted(encryptions)}`,
  )
}

function compressionNotAllowed(): JoseError {
  return new JoseError(
    'compression_not_allowed',
    '"zip" (Compression Algorithm) header parameter not allowed: expected none, unless "allowCompression" is set',
  )
}

function quoted(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(', ')
}

/** A key that names no algorithm leaves the choice to the token, which must not have it. */
export function checkNamed({ alg }: Key, { algorithms }: DecryptOptions): void {
  if (algorithms === undefined && alg === undefined) throw algorithmsRequired()
}

/** At most this many keys are tried where a token does not say which one it was encrypted for. */
const maximumTrials = 16

/** Which keys to try on which part of a token. Keys that must not serve are none. */
export async function findTrials(
  recipients: readonly ParsedRecipient[],
  keys: Key | KeySource,
  options: DecryptOptions,
): Promise<readonly Trial[]> {
  const found: Trial[] = []
  for (const recipient of recipients) {
    const candidates = keys instanceof Key ? [keys] : await selectKeys(recipient, keys)
    const { algorithm, enc } = recipient.facts
    const fit = candidates.filter((key) => encryptionProblem(key, algorithm, enc, 'receive') === undefined)
    found.push(...fit.map((key) => ({ recipient, key })))
  }
  const named = found.filter(({ key }) => options.algorithms !== undefined || key.alg !== undefined)
  if (named.length > 0) return [...named].sort(byKid).slice(0, maximumTrials)
  if (found.length > 0) throw algorithmsRequired()
  throw new JoseError('key_not_found', 'no key for this token: expected one with its "kid", for its "alg"')
}

async function selectKeys(
  {
    facts: {
      header: { kid },
    },
  }: ParsedRecipient,
  keys: KeySource,
): Promise<readonly Key[]> {
  return keys.select({ use: 'enc', ...(kid !== undefined && { kid }) })
}

/** Those first that say whose they are. */
function byKid(a: Trial, b: Trial): number {
  return Number(isNamed(b)) - Number(isNamed(a))
}

function isNamed({ recipient, key }: Trial): boolean {
  return key.kid !== undefined && recipient.facts.header.kid === key.kid
}
