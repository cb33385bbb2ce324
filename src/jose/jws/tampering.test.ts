import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { backends } from '../../../test/contracts/crypto-backend.ts'
import { flipped, flipsOf } from '../../../test/support/tampering.ts'
import type { CryptoBackend } from '../../crypto/backend.ts'
import { JoseError } from '../errors.ts'
import { Key } from '../jwk/key.ts'
import {
  type FlattenedJws,
  type GeneralJws,
  signDetached,
  signFlattened,
  signGeneral,
  verifyDetached,
  verifyFlattened,
  verifyGeneral,
} from './index.ts'

const rsa = (await Key.generate('RS256')).toPrivateJwk()
const rsaAlgorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512']
const algorithms = [
  ...['HS256', 'HS384', 'HS512', ...rsaAlgorithms, 'ES256', 'ES384', 'ES512', 'ES256K'],
  ...['EdDSA', 'Ed25519', 'Ed448', 'ML-DSA-44', 'ML-DSA-65', 'ML-DSA-87'],
]

interface Case {
  readonly alg: string
  readonly name: string
  readonly key: Key
}

/** Keys for what the runtime has; one RSA key serves all, since each takes long to find. */
async function makeCase(alg: string, backend: CryptoBackend): Promise<Case[]> {
  try {
    const { alg: _, ...jwk } = rsa
    const isRsa = rsaAlgorithms.includes(alg)
    const key = isRsa ? await Key.import(jwk, { alg, backend }) : await Key.generate(alg, { backend })
    return [{ alg, name: backend.name, key }]
  } catch (error) {
    if (error instanceof JoseError && error.code === 'algorithm_unsupported') return []
    throw error
  }
}

const cases = (await Promise.all(backends.flatMap((backend) => algorithms.map((alg) => makeCase(alg, backend))))).flat()

const content = 'any of these characters, and each of their bits'
const runs = { numRuns: 15 }

/** The same JSON with one bit of one of its texts flipped. */
function changesOf<T extends object>(jws: T): fc.Arbitrary<T> {
  const texts = Object.entries(jws).filter((entry): entry is [string, string] => typeof entry[1] === 'string')
  return fc
    .constantFrom(...texts)
    .chain(([name, value]) => flipsOf(value).map((flip) => ({ ...jws, [name]: flipped(value, flip) })))
}

describe.each(cases)('RFC 7515 §5.2 no bit can be flipped, $alg on $name', ({ key }) => {
  it.each([false, true])('RFC 7515 §7.2.2, RFC 7797 §3 of flattened JSON, unencoded: %s', async (unencoded) => {
    const jws = await signFlattened(content, key, { unencoded })
    expect((await verifyFlattened(jws, key)).key).toBe(key)
    await fc.assert(
      fc.asyncProperty(changesOf<FlattenedJws>(jws), async (changed) => {
        await expect(verifyFlattened(changed, key)).rejects.toBeInstanceOf(JoseError)
      }),
      runs,
    )
  })

  it('RFC 7515 §7.2.1 of general JSON, whichever signature it is', async () => {
    const jws = await signGeneral(content, [{ key }, { key, header: { n: 2 } }])
    const [first, second] = jws.signatures
    if (first === undefined || second === undefined) throw new Error('no signatures')
    const changes = fc.oneof(
      changesOf({ payload: jws.payload ?? '' }).map(({ payload }) => ({ ...jws, payload })),
      changesOf(first).map((changed): GeneralJws => ({ ...jws, signatures: [changed, second] })),
      changesOf(second).map((changed): GeneralJws => ({ ...jws, signatures: [first, changed] })),
    )
    await fc.assert(
      fc.asyncProperty(changes, async (changed) => {
        await expect(verifyGeneral(changed, key)).rejects.toBeInstanceOf(JoseError)
      }),
      runs,
    )
  })

  it('RFC 7515 §F of a detached payload, and of the token without it', async () => {
    for (const unencoded of [false, true]) {
      const jws = await signDetached(content, key, { unencoded })
      const changes = changesOf({ jws, content })
      await fc.assert(
        fc.asyncProperty(changes, async (changed) => {
          await expect(verifyDetached(changed.jws, changed.content, key)).rejects.toBeInstanceOf(JoseError)
        }),
        runs,
      )
    }
  })
})
