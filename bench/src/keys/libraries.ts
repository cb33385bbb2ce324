import { createHash, createPrivateKey, createPublicKey, createSecretKey } from 'node:crypto'
import { createSigner, createVerifier } from 'fast-jwt'
import { calculateJwkThumbprint, importJWK, importPKCS8, importSPKI } from 'jose'
import { type Jwk, Key } from '../../../dist/jose/jwk/index.js'
import type { Library } from './subject.ts'

/** Checks what is imported: the members, the size, that the halves of a private key belong together. */
const authwright: Library = {
  name: 'authwright',
  importJwk: (jwk, alg) => Key.import(jwk as Jwk, { alg }),
  importPublicPem: (pem, alg) => Key.import(pem, { alg }),
  importPrivatePem: (pem, alg) => Key.import(pem, { alg }),
}

/** Checks what OpenSSL checks: that a point is on its curve. */
const raw: Library = {
  name: 'raw',
  importJwk: importRaw,
  importPublicPem: (pem) => createPublicKey(pem),
  importPrivatePem: (pem) => createPrivateKey(pem),
  thumbprint: (jwk) =>
    createHash('sha256')
      .update(JSON.stringify(requiredMembers(jwk)))
      .digest('base64url'),
}

const jose: Library = {
  name: 'jose',
  importJwk: (jwk, alg) => importJWK(jwk, alg),
  importPublicPem: (pem, alg) => importSPKI(pem, alg),
  importPrivatePem: (pem, alg) => importPKCS8(pem, alg),
  thumbprint: (jwk) => calculateJwkThumbprint(jwk),
}

/** Reads a key when a signer or verifier is built. It knows no JWK, and jsonwebtoken has no keys of its own at all. */
const fastJwt: Library = {
  name: 'fast-jwt',
  importPublicPem: (pem) => createVerifier({ key: pem, cache: false }),
  importPrivatePem: (pem) => createSigner({ key: pem }),
}

export const libraries: readonly Library[] = [authwright, raw, jose, fastJwt]

function importRaw(jwk: JsonWebKey): unknown {
  if (jwk.k !== undefined) return createSecretKey(jwk.k, 'base64url')
  const input = { key: jwk, format: 'jwk' } as const
  return jwk.d === undefined ? createPublicKey(input) : createPrivateKey(input)
}

/** In lexicographic order (RFC 7638 §3.2). */
function requiredMembers({ kty, crv, x, y, n, e, k }: JsonWebKey): object {
  if (kty === 'oct') return { k, kty }
  if (kty === 'RSA') return { e, kty, n }
  return kty === 'EC' ? { crv, kty, x, y } : { crv, kty, x }
}

/** A key that is there already, as a server has it that names its keys after their thumbprints. */
export async function prepareThumbprint(jwk: JsonWebKey): Promise<() => Promise<string>> {
  const key = await Key.import(jwk as Jwk)
  return () => key.thumbprint()
}
