import jsonwebtoken from 'jsonwebtoken'
import { audience, issuer, type Prepare } from './subject.ts'

export const prepareJsonwebtoken: Prepare = async (algorithm, { privateKey, publicKey }) => {
  if (algorithm === 'EdDSA') return undefined
  return {
    name: 'jsonwebtoken',
    sign: (claims) => jsonwebtoken.sign(claims, privateKey, { algorithm }),
    verify: (token) => jsonwebtoken.verify(token, publicKey, { algorithms: [algorithm], issuer, audience }),
  }
}
