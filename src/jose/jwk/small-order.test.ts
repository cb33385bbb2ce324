import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { backends } from '../../../test/contracts/crypto-backend.ts'
import { Key } from './key.ts'

const fromHex = (hex: string): string => Buffer.from(hex, 'hex').toString('base64url')
const message = 'JWK "x" invalid: expected a point of large order, its coordinate reduced'

/** The points whose order divides eight, as RFC 8032 writes them. */
const canonical = [
  `01${'00'.repeat(31)}`,
  `ec${'ff'.repeat(30)}7f`,
  '00'.repeat(32),
  `${'00'.repeat(31)}80`,
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa',
]
/** The same points in ways that RFC 8032 does not have. */
const others = [
  `01${'00'.repeat(30)}80`,
  `ec${'ff'.repeat(31)}`,
  `ed${'ff'.repeat(30)}7f`,
  `ed${'ff'.repeat(31)}`,
  `ee${'ff'.repeat(30)}7f`,
  `ee${'ff'.repeat(31)}`,
]
const ed448 = [
  `01${'00'.repeat(56)}`,
  `fe${'ff'.repeat(27)}fe${'ff'.repeat(27)}00`,
  '00'.repeat(57),
  `${'00'.repeat(56)}80`,
  `01${'00'.repeat(55)}80`,
  `ff${'ff'.repeat(27)}fe${'ff'.repeat(27)}00`,
  `${'ff'.repeat(56)}00`,
  `${'00'.repeat(56)}01`,
]
const x25519 = [
  '00'.repeat(32),
  `01${'00'.repeat(31)}`,
  'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
  '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
  `ec${'ff'.repeat(30)}7f`,
  `ed${'ff'.repeat(30)}7f`,
  `ee${'ff'.repeat(30)}ff`,
]
const x448 = ['00'.repeat(56), `01${'00'.repeat(55)}`, `fe${'ff'.repeat(27)}fe${'ff'.repeat(27)}`]
const points = [
  ...[...canonical, ...others].map((hex) => ['Ed25519', hex] as const),
  ...ed448.map((hex) => ['Ed448', hex] as const),
  ...x25519.map((hex) => ['X25519', hex] as const),
  ...x448.map((hex) => ['X448', hex] as const),
]
const cases = backends.flatMap((backend) => points.map(([crv, hex]) => ({ crv, hex, backend, on: backend.name })))

describe('RFC 8032 §5.1.3, §5.2.3, RFC 7748 §6.1, §6.2 public keys of small order', () => {
  it.each(cases)('$crv $hex is no key on $on', async ({ crv, hex, backend }) => {
    const jwk = { kty: 'OKP', crv, x: fromHex(hex) }
    await expect(Key.import(jwk, { backend })).rejects.toMatchObject({
      name: 'JoseError',
      code: 'key_invalid',
      message,
    })
  })

  it('in SPKI, in OpenSSH and from the platform they are none either', async () => {
    const [identity = ''] = canonical
    const spki = Buffer.from(`302a300506032b6570032100${identity}`, 'hex')
    await expect(Key.import(spki, { format: 'der' })).rejects.toMatchObject({ message })
    const ssh = Buffer.from(`0000000b7373682d6564323535313900000020${identity}`, 'hex').toString('base64')
    await expect(Key.import(`ssh-ed25519 ${ssh}`)).rejects.toMatchObject({ message })
    const cryptoKey = await crypto.subtle.importKey('spki', spki, 'Ed25519', true, ['verify'])
    await expect(Key.import(cryptoKey)).rejects.toMatchObject({ message })
  })

  it('RFC 7748 §5 all other points are keys, for agreement also those that are not reduced', async () => {
    for (const { publicKey } of [generateKeyPairSync('ed25519'), generateKeyPairSync('ed448')]) {
      expect(await Key.import(publicKey)).toMatchObject({ kty: 'OKP' })
    }
    const notReduced = `f0${'ff'.repeat(30)}7f`
    expect(await Key.import({ kty: 'OKP', crv: 'X25519', x: fromHex(notReduced) })).toMatchObject({ kty: 'OKP' })
  })
})
