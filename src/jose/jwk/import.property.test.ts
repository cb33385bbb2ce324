import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { backends } from '../../../test/contracts/crypto-backend.ts'
import { JoseError } from '../errors.ts'
import { KeySet } from '../jwks/key-set.ts'
import { Key } from './key.ts'
import type { Jwk, Jwks } from './types.ts'

const types = fc.constantFrom('oct', 'RSA', 'EC', 'OKP', 'AKP', '__proto__', 'constructor')
const curves = fc.constantFrom('P-256', 'P-521', 'secp256k1', 'Ed25519', 'X448', 'toString')
const value = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.base64String(), fc.constantFrom('AQAB', 'A'.repeat(43)))
const members = fc.dictionary(
  fc.constantFrom(
    'x',
    'y',
    'd',
    'n',
    'e',
    'p',
    'q',
    'k',
    'pub',
    'priv',
    'alg',
    'use',
    'kid',
    'key_ops',
    'oth',
    'x5c',
    'x5t',
  ),
  value,
)
const jwks = fc.tuple(types, curves, members).map(([kty, crv, rest]) => ({ kty, crv, ...rest }))

/** Whatever it is given, a key comes out or an error of ours. */
async function settles(step: () => Promise<unknown>): Promise<void> {
  try {
    await step()
  } catch (error) {
    expect(error).toBeInstanceOf(JoseError)
  }
}

describe.each(backends)('RFC 7517 §4 whatever stands in a JWK, on $name', (backend) => {
  it('is a key or a JoseError', () =>
    fc.assert(
      fc.asyncProperty(jwks, (jwk) => settles(() => Key.import(jwk as Jwk, { backend }))),
      { numRuns: 300 },
    ))

  it('in a set as well', () =>
    fc.assert(
      fc.asyncProperty(fc.jsonValue(), (set) =>
        settles(() => KeySet.import({ keys: [set] } as unknown as Jwks, { backend })),
      ),
    ))
})

describe('RFC 7468 §2 whatever stands in a text or in DER', () => {
  const labels = fc.constantFrom(
    'PUBLIC KEY',
    'PRIVATE KEY',
    'ENCRYPTED PRIVATE KEY',
    'CERTIFICATE',
    'EC PRIVATE KEY',
    'X',
  )
  const armored = fc
    .tuple(labels, fc.base64String())
    .map(([label, body]) => `-----BEGIN ${label}-----\n${body}\n-----END ${label}-----`)
  const ssh = fc.base64String().map((body) => `ssh-rsa ${body}`)

  it('is a key or a JoseError', () =>
    fc.assert(
      fc.asyncProperty(fc.oneof(fc.string(), armored, ssh), (text) =>
        settles(() => Key.import(text, { password: 'x' })),
      ),
      { numRuns: 300 },
    ))

  it('also where a key in DER was changed', async () => {
    const key = await Key.generate('ES256')
    for (const der of [await key.toPublicDer(), await key.toPrivateDer(), await key.toPrivateDer({ form: 'sec1' })]) {
      await fc.assert(
        fc.asyncProperty(fc.nat(der.length - 1), fc.nat(255), (index, byte) => {
          const changed = der.slice()
          changed[index] = byte
          return settles(() => Key.import(changed, { format: 'der' }))
        }),
      )
    }
  })
})
