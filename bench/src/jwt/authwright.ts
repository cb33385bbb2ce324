import { Key } from '../../../dist/jose/jwk/index.js'
import { signJwt, verifyJwt } from '../../../dist/jose/jwt/index.js'
import { audience, issuer, type Prepare } from './subject.ts'

export const prepareAuthwright: Prepare = async (algorithm, { privateKey, publicKey }) => {
  const signing = await Key.import(privateKey, { alg: algorithm })
  const verifying = await Key.import(publicKey, { alg: algorithm })
  return {
    name: 'authwright',
    sign: (claims) => signJwt(claims, signing),
    verify: (token) => verifyJwt(token, verifying, { algorithms: [algorithm], issuer, audience }),
  }
}
