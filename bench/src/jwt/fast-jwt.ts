import type { KeyObject } from 'node:crypto'
import { createSigner, createVerifier } from 'fast-jwt'
import { audience, issuer, type Prepare } from './subject.ts'

/** Its cache of verified tokens stays off: it would answer without verifying. */
export const prepareFastJwt: Prepare = async (algorithm, { privateKey, publicKey }) => {
  const sign = createSigner({ algorithm, key: encode(privateKey) })
  const verify = createVerifier({
    algorithms: [algorithm],
    key: encode(publicKey),
    allowedIss: issuer,
    allowedAud: audience,
    cache: false,
  })
  return { name: 'fast-jwt', sign, verify }
}

function encode(key: KeyObject): string | Buffer {
  if (key.type === 'secret') return key.export()
  return key.export({ format: 'pem', type: key.type === 'private' ? 'pkcs8' : 'spki' })
}
