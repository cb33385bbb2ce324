import { decryptCompact, encryptCompact } from '../../../dist/jose/jwe/index.js'
import { Key } from '../../../dist/jose/jwk/index.js'
import { algOf, enc, type Prepare } from './subject.ts'

export const prepareAuthwright: Prepare = async (algorithm, { privateKey, publicKey }) => {
  const alg = algOf(algorithm)
  const encrypting = await Key.import(publicKey, { use: 'enc' })
  const decrypting = await Key.import(privateKey, { use: 'enc' })
  return {
    name: 'authwright',
    encrypt: (plaintext) => encryptCompact(plaintext, encrypting, { alg, enc }),
    decrypt: (jwe) => decryptCompact(jwe, decrypting, { algorithms: [alg], encryptions: [enc] }),
  }
}
