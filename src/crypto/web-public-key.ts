import type { KeyMembers, MakeVerifier } from './primitives.ts'
import { type SignatureParameters, signatureParameters, webVerifier } from './web-signatures.ts'

/** Any algorithm that such a key can be read for, when it is only read to see whether it is one. */
export function kindParameters({ kty, crv, alg }: KeyMembers): SignatureParameters {
  if (kty === 'RSA') return { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
  if (kty === 'EC') return { name: 'ECDSA', namedCurve: crv ?? '' }
  return { name: crv ?? alg ?? '' }
}

/** Reads a public key, which WebCrypto wants to do once more for each algorithm; throws when it is none. */
export async function readWebPublicKey(members: KeyMembers): Promise<MakeVerifier> {
  const read = (parameters: SignatureParameters): Promise<CryptoKey> =>
    crypto.subtle.importKey('jwk', { ...members }, parameters, false, ['verify'])
  await read(kindParameters(members))
  return async (scheme) => webVerifier(await read(signatureParameters(scheme, members.crv)), scheme)
}
