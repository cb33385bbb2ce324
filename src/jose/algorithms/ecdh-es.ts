import type { KeyMembers } from '../../crypto/backend.ts'
import {
  type Agreement,
  type AgreementCurve,
  agreementCurves,
  type EphemeralAgreement,
} from '../../crypto/encryption.ts'
import { encodeBase64url } from '../../util/base64url.ts'
import { JoseError } from '../errors.ts'
import { concatKdf, type Derivation } from './concat-kdf.ts'
import {
  freshKey,
  invalidParameter,
  type KeyHandle,
  type KeyManagement,
  type KeyManagementRow,
  type ReceiveRequest,
  readBytes,
  refuseEncryptedKey,
  type SendingParameters,
} from './key-management.ts'

/** What every agreement asks of a key. @spec RFC 8037 §3.2 for the curves of RFC 7748 */
export const agreementKey: Pick<KeyManagement, 'kty' | 'crv' | 'use' | 'minimumBits' | 'operations'> = {
  kty: ['EC', 'OKP'],
  crv: Object.keys(agreementCurves),
  use: 'enc',
  minimumBits: 0,
  operations: { send: ['deriveBits', 'deriveKey'], receive: ['deriveBits', 'deriveKey'] },
}

/** The agreed key is the content encryption key. @spec RFC 7518 §4.6 */
export const ecdhEs: KeyManagementRow = (name) => ({
  ...agreementKey,
  name,
  isDirect: true,
  async sender(key) {
    const agree = await ephemeralOf(key)
    return async (request) => {
      const { enc } = request
      const { publicKey, secret } = await agree()
      const derivation = { secret, algorithm: enc.name, length: enc.keyLength, ...parties(request) }
      const cek = await concatKdf(key.crypto, derivation)
      return { cek, encryptedKey: new Uint8Array(), header: agreementHeader(publicKey, request) }
    }
  },
  async receiver(key) {
    const agree = await agreementOf(key)
    return async (request) => {
      refuseEncryptedKey(name, request)
      const { enc } = request
      const secret = await agreeWithSender(agree, request)
      return concatKdf(key.crypto, { secret, algorithm: enc.name, length: enc.keyLength, ...partiesOf(request) })
    }
  },
})

/** The agreed key wraps the content encryption key. @spec RFC 7518 §4.6 */
export function ecdhEsKeyWrap(bits: number): KeyManagementRow {
  return (name) => ({
    ...agreementKey,
    name,
    isDirect: false,
    async sender(key) {
      const agree = await ephemeralOf(key)
      return async (request) => {
        const { publicKey, secret } = await agree()
        const derivation = { secret, algorithm: name, length: bits / 8, ...parties(request) }
        const cek = freshKey(key, request)
        const encryptedKey = await key.encryption.aesKeyWrap(await concatKdf(key.crypto, derivation), cek)
        return { cek, encryptedKey, header: agreementHeader(publicKey, request) }
      }
    },
    async receiver(key) {
      const agree = await agreementOf(key)
      return async (request) => {
        const secret = await agreeWithSender(agree, request)
        const derivation = { secret, algorithm: name, length: bits / 8, ...partiesOf(request) }
        return key.encryption.aesKeyUnwrap(await concatKdf(key.crypto, derivation), request.encryptedKey)
      }
    },
  })
}

/** A recipient's public key, made ready to agree with fresh ones. */
export async function ephemeralOf(key: KeyHandle): Promise<EphemeralAgreement> {
  if (key.publicMembers === undefined) {
    throw new JoseError('key_not_extractable', 'key cannot be shown: the platform keeps its public half')
  }
  return key.encryption.ephemeralAgreement(key.publicMembers, curveOf(key))
}

/** A private key, made ready to agree. */
export async function agreementOf(key: KeyHandle): Promise<Agreement> {
  return key.encryption.agreement(key.material, curveOf(key))
}

function curveOf({ crv }: KeyHandle): AgreementCurve {
  if (isAgreementCurve(crv)) return crv
  throw new JoseError('key_curve_mismatch', '"crv" (Curve) mismatch: expected a curve to agree on a key')
}

function isAgreementCurve(crv: string | undefined): crv is AgreementCurve {
  return crv !== undefined && Object.hasOwn(agreementCurves, crv)
}

type Parties = Pick<Derivation, 'apu' | 'apv'>

export function parties({ apu, apv }: SendingParameters): Parties {
  return { apu, apv }
}

/** @spec RFC 7518 §4.6.1.2 §4.6.1.3 */
export function partiesOf({ header }: Pick<ReceiveRequest, 'header'>): Parties {
  return {
    apu: readBytes(header, 'apu', 'Agreement PartyUInfo'),
    apv: readBytes(header, 'apv', 'Agreement PartyVInfo'),
  }
}

/** What the recipient needs to come to the same secret. @spec RFC 7518 §4.6.1 */
export function agreementHeader(
  { kty, crv, x, y }: KeyMembers,
  { apu, apv }: SendingParameters,
): Readonly<Record<string, unknown>> {
  return {
    epk: { kty, crv, x, y },
    ...(apu && { apu: encodeBase64url(apu) }),
    ...(apv && { apv: encodeBase64url(apv) }),
  }
}

/**
 * Agrees with the ephemeral key of the header. A point that is not on the curve is refused by the platform: agreeing
 * with one would tell about the private key (CVE-2017-16007).
 *
 * @spec RFC 7518 §4.6.1.1
 */
export async function agreeWithSender(
  agree: Agreement,
  { header }: Pick<ReceiveRequest, 'header'>,
): Promise<Uint8Array> {
  const { epk } = header
  const secret = isPublicKey(epk) ? await agree(pickMembers(epk)) : undefined
  if (secret !== undefined) return secret
  throw invalidParameter('epk', 'Ephemeral Public Key', 'a public JWK on the curve of the key')
}

function isPublicKey(epk: unknown): epk is KeyMembers {
  if (typeof epk !== 'object' || epk === null) return false
  const { kty, crv, x, y, d }: Readonly<Partial<Record<string, unknown>>> = { ...epk }
  if (typeof crv !== 'string' || !isAgreementCurve(crv) || agreementCurves[crv].kty !== kty) return false
  return typeof x === 'string' && (y === undefined || typeof y === 'string') && d === undefined
}

function pickMembers({ kty, crv = '', x = '', y }: KeyMembers): KeyMembers {
  return { kty, crv, x, ...(y !== undefined && { y }) }
}
