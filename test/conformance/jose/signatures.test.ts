import { describe, expect, it } from 'vitest'
import { createNodeBackend } from '../../../src/crypto/node.ts'
import type { CryptoBackend } from '../../../src/crypto/primitives.ts'
import { createWebBackend } from '../../../src/crypto/web.ts'
import { signatureAlgorithm } from '../../../src/jose/algorithms/signature-registry.ts'
import { Key, verifyCompact } from '../../../src/jose/index.ts'
import { signatureVectors } from './vectors.ts'

const backends: CryptoBackend[] = [createNodeBackend() ?? createWebBackend(), createWebBackend()]

describe.each(backends)(
  'signatures printed in RFC 7515 §A.1, §A.2, §A.3, §A.4, RFC 7520 §4.1, §4.2, §4.3, §4.4 and RFC 8037 §A.4, on $name',
  (backend) => {
    describe.each(signatureVectors)('$spec $alg', ({ alg, jwk, jws }) => {
      const segments = jws.split('.')
      const signature = segments[2]

      it('verifies', async () => {
        const key = await Key.import(jwk, { backend })
        const { payload, header } = await verifyCompact(jws, key, { algorithms: [alg] })
        expect(header.alg).toBe(alg)
        expect(Buffer.from(payload).toString('base64url')).toBe(segments[1])
      })

      it('refuses the same signature over another payload', async () => {
        const key = await Key.import(jwk, { backend })
        const other = `${segments[0]}.${Buffer.from('Payload!').toString('base64url')}.${signature}`
        await expect(verifyCompact(other, key, { algorithms: [alg] })).rejects.toMatchObject({
          code: 'signature_invalid',
        })
      })
    })

    it.each(signatureVectors.filter(({ isDeterministic }) => isDeterministic))(
      '$spec $alg is what signing gives',
      async ({ alg, jwk, jws }) => {
        const key = await Key.import(jwk, { backend })
        const { sign } = await key.signer(signatureAlgorithm(key.registry, alg))
        const end = jws.lastIndexOf('.')
        expect(await sign(jws.slice(0, end))).toBe(jws.slice(end + 1))
      },
    )
  },
)
