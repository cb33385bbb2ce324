import type { KeyObject } from 'node:crypto'
import { CompactEncrypt, compactDecrypt, importJWK } from 'jose'
import { type Algorithm, algOf, enc, type Prepare } from './subject.ts'

export const prepareJose: Prepare = async (algorithm, { privateKey, publicKey }) => {
  const alg = algOf(algorithm)
  const encrypting = await importKey(publicKey, algorithm)
  const decrypting = await importKey(privateKey, algorithm)
  return {
    name: 'jose',
    encrypt: (plaintext) => new CompactEncrypt(plaintext).setProtectedHeader({ alg, enc }).encrypt(encrypting),
    decrypt: (jwe) =>
      compactDecrypt(jwe, decrypting, { keyManagementAlgorithms: [alg], contentEncryptionAlgorithms: [enc] }),
  }
}

/** A `CryptoKey`: bytes it would import again for each token. */
async function importKey(key: KeyObject, algorithm: Algorithm): Promise<CryptoKey> {
  const imported = await importJWK(key.export({ format: 'jwk' }), algOf(algorithm))
  if (!(imported instanceof Uint8Array)) return imported
  const [name, usages]: [string, KeyUsage[]] =
    algorithm === 'dir' ? ['AES-GCM', ['encrypt', 'decrypt']] : ['AES-KW', ['wrapKey', 'unwrapKey']]
  return crypto.subtle.importKey('raw', Buffer.from(imported), name, false, usages)
}
