import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { CryptoBackend } from '../../crypto/backend.ts'
import { createNodeBackend } from '../../crypto/node.ts'
import { createWebBackend } from '../../crypto/web.ts'
import { signatureAlgorithms } from '../algorithms/signatures.ts'
import { JoseError } from '../errors.ts'
import { Key } from '../jwk/key.ts'
import { verifyJwt } from '../jwt/verify.ts'
import {
  type FlattenedJws,
  parseUnverifiedJson,
  signCompact,
  signDetached,
  signFlattened,
  signGeneral,
  verifyCompact,
  verifyDetached,
  verifyFlattened,
  verifyGeneral,
} from './index.ts'

const backends: CryptoBackend[] = [createNodeBackend() ?? createWebBackend(), createWebBackend()]
const names = signatureAlgorithms.map(({ name }) => name)
const rsa = await Key.generate('RS256')

interface Case {
  readonly alg: string
  readonly name: string
  readonly key: Key
}

/** A key for each row of the table, where the runtime has it; one RSA key serves all, since each takes long to find. */
async function makeCase(alg: string, backend: CryptoBackend): Promise<Case[]> {
  try {
    const { alg: _, ...jwk } = rsa.toPrivateJwk()
    const isRsa = /^[RP]S/.test(alg)
    const key = isRsa ? await Key.import(jwk, { alg, backend }) : await Key.generate(alg, { backend })
    return [{ alg, name: backend.name, key }]
  } catch (error) {
    if (error instanceof JoseError && error.code === 'algorithm_unsupported') return []
    throw error
  }
}

const cases = (await Promise.all(backends.flatMap((backend) => names.map((alg) => makeCase(alg, backend))))).flat()

it('the table is covered, but for what this runtime does not have', () => {
  const covered = new Set(cases.map(({ alg }) => alg))
  const missing = names.filter((alg) => !covered.has(alg))
  expect(missing.filter((alg) => !alg.startsWith('ML-DSA'))).toEqual([])
})

const payloads = fc.uint8Array({ maxLength: 200 })

describe.each(cases)('any payload in any form comes back, $alg on $name', ({ alg, key }) => {
  const bytes = (payload: Uint8Array | undefined): number[] => [...(payload ?? [])]
  const runs = { numRuns: 5 }

  it('RFC 7515 §3.1, §3.2 compact, flattened, general', async () => {
    await fc.assert(
      fc.asyncProperty(payloads, async (payload) => {
        const compact = await verifyCompact(await signCompact(payload, key), key)
        const flattened = await verifyFlattened(await signFlattened(payload, key), key)
        const general = await verifyGeneral(
          await signGeneral(payload, [{ key }, { key, unprotectedHeader: { alg } }]),
          key,
        )
        expect([compact, flattened, general].map((verified) => bytes(verified.payload))).toEqual(
          Array.from({ length: 3 }, () => [...payload]),
        )
      }),
      runs,
    )
  })

  it('RFC 7797 §5 detached and unencoded', async () => {
    await fc.assert(
      fc.asyncProperty(payloads, fc.string(), fc.boolean(), async (payload, text, unencoded) => {
        expect((await verifyDetached(await signDetached(payload, key, { unencoded }), payload, key)).key).toBe(key)
        const jws = await signFlattened(text, key, { unencoded })
        expect(bytes((await verifyFlattened(jws, key)).payload)).toEqual([...new TextEncoder().encode(text)])
      }),
      runs,
    )
  })

  it('and no bit of it can be flipped', async () => {
    const jws = await signCompact('{"sub":"u1"}', key)
    await fc.assert(
      fc.asyncProperty(fc.nat(jws.length - 1), fc.nat(6), async (index, bit) => {
        const flipped = String.fromCharCode(jws.charCodeAt(index) ^ (1 << bit))
        const changed = jws.slice(0, index) + flipped + jws.slice(index + 1)
        await expect(verifyCompact(changed, key, { algorithms: [alg] })).rejects.toBeInstanceOf(JoseError)
      }),
      { numRuns: 20 },
    )
  })
})

describe('whatever comes in, only a JoseError comes out', () => {
  const secret = cases.find(({ alg }) => alg === 'HS256')?.key ?? rsa
  const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const attempt = async (step: () => Promise<unknown> | unknown): Promise<void> => {
    try {
      await step()
    } catch (error) {
      expect(error).toBeInstanceOf(JoseError)
    }
  }
  const header = fc.oneof(
    fc.jsonValue(),
    fc.dictionary(fc.constantFrom('alg', 'kid', 'crit', 'b64', 'typ', 'x'), fc.jsonValue()),
  )

  it('RFC 7515 §4 any JSON value as a header', async () => {
    await fc.assert(
      fc.asyncProperty(header, (value) => attempt(() => verifyCompact(`${encode(value)}.e30.AAAA`, secret))),
      { numRuns: 300 },
    )
  })

  it('RFC 7519 §4 any JSON value as signed claims', async () => {
    const claims = fc.oneof(
      fc.jsonValue(),
      fc.dictionary(fc.constantFrom('iss', 'aud', 'exp', 'nbf', 'iat'), fc.jsonValue()),
    )
    await fc.assert(
      fc.asyncProperty(claims, async (value) => {
        const jwt = await signCompact(JSON.stringify(value), secret)
        await attempt(() => verifyJwt(jwt, secret, { audience: 'a', maxAge: 5 }))
      }),
      { numRuns: 300 },
    )
  })

  it('RFC 7515 §7.2 any JSON value as a token', async () => {
    const members = fc.dictionary(
      fc.constantFrom('payload', 'protected', 'header', 'signature', 'signatures'),
      fc.oneof(fc.jsonValue(), header.map(encode), fc.array(header)),
    )
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.jsonValue(), members), async (value) => {
        await attempt(() => verifyFlattened(value as unknown as FlattenedJws, secret))
        await attempt(() => parseUnverifiedJson(JSON.stringify(value)).verify(secret, { require: 'one' }))
      }),
      { numRuns: 300 },
    )
  })
})
