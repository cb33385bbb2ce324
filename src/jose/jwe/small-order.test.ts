import { describe, expect, it } from 'vitest'
import { backends } from '../../../test/contracts/crypto-backend.ts'
import { refusal, withHeader } from '../../../test/support/jwe.ts'
import { Key } from '../jwk/key.ts'
import { decryptCompact } from './compact.ts'
import { encryptCompact } from './encrypt.ts'

/** Points with which every private key agrees on zero. */
const points = [
  ['X25519', '00'.repeat(32)],
  ['X25519', `01${'00'.repeat(31)}`],
  ['X25519', 'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800'],
  ['X25519', '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157'],
  ['X25519', `ec${'ff'.repeat(30)}7f`],
  ['X25519', `ed${'ff'.repeat(30)}7f`],
  ['X25519', `ee${'ff'.repeat(30)}7f`],
  ['X448', '00'.repeat(56)],
  ['X448', `01${'00'.repeat(55)}`],
  ['X448', `fe${'ff'.repeat(27)}fe${'ff'.repeat(27)}`],
] as const

const cases = backends.flatMap((backend) =>
  points
    // Not every WebCrypto has X448.
    .filter(([crv]) => backend.name === 'node' || crv === 'X25519')
    .map(([crv, hex]) => ({ crv, hex, backend, on: backend.name })),
)

describe('RFC 7748 §6.1, §6.2, RFC 8037 §3.2 ephemeral keys of small order', () => {
  it.each(cases)('$crv $hex agrees with nobody on $on', async ({ crv, hex, backend }) => {
    const key = await Key.generate({ kty: 'OKP', crv }, { use: 'enc', alg: 'ECDH-ES', backend })
    const enc = 'A128GCM'
    const epk = { kty: 'OKP', crv, x: Buffer.from(hex, 'hex').toString('base64url') }
    const forged = withHeader(await encryptCompact('x', key, { enc }), { alg: 'ECDH-ES', enc, epk })
    await expect(decryptCompact(forged, key)).rejects.toMatchObject(
      refusal(
        'header_parameter_invalid',
        '"epk" (Ephemeral Public Key) header parameter invalid: expected a public JWK on the curve of the key',
      ),
    )
  })
})
