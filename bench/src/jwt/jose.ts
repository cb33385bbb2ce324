import { type CryptoKey, importJWK, jwtVerify, SignJWT } from 'jose'
import { type Algorithm, audience, issuer, type Prepare } from './subject.ts'

export const prepareJose: Prepare = async (algorithm, keys) => {
  const signing = await importKey(keys.privateKey, algorithm)
  const verifying = await importKey(keys.publicKey, algorithm)
  return {
    name: 'jose',
    sign: (claims) => new SignJWT(claims).setProtectedHeader({ alg: algorithm, typ: 'JWT' }).sign(signing),
    verify: (token) => jwtVerify(token, verifying, { algorithms: [algorithm], issuer, audience }),
  }
}

/** A `CryptoKey`: what jose would make of anything else, again or by way of a cache. */
async function importKey(key: Parameters<Prepare>[1]['privateKey'], algorithm: Algorithm): Promise<CryptoKey> {
  const imported = await importJWK(key.export({ format: 'jwk' }), algorithm)
  if (!(imported instanceof Uint8Array)) return imported
  return crypto.subtle.importKey('raw', Buffer.from(imported), { name: 'HMAC', hash: 'SHA-256' }, false, [
    'sign',
    'verify',
  ])
}
