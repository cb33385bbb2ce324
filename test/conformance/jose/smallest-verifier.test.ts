import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { createSignatureRegistry, es256, es256k, es384, es512 } from '../../../src/jose/algorithms/signatures.ts'
import { Key, signJwt, verifyJwt } from '../../../src/jose/index.ts'
import { importEcVerificationKey } from '../../../src/jose/jwk/verification-key.ts'
import { type SignatureVector, signatureVectors } from './vectors.ts'

/** What a worker at the edge needs that verifies the JWTs of one issuer: the claim of docs/guide/jwt.md. */
const ours = `
  export { es256 } from './src/jose/algorithms/signatures.ts'
  export { importEcVerificationKey } from './src/jose/jwk/verification-key.ts'
  export { verifyJwt } from './src/jose/jwt/index.ts'
`
const peers = "export { jwtVerify } from 'jose'"

async function bundle(contents: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: fileURLToPath(new URL('../../..', import.meta.url)) },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    conditions: ['import'],
    write: false,
  })
  return outputFiles[0]?.text ?? ''
}

interface Door {
  readonly es256: typeof es256
  readonly importEcVerificationKey: typeof importEcVerificationKey
  readonly verifyJwt: typeof verifyJwt
}

let code: string
let door: Door

beforeAll(async () => {
  code = await bundle(ours)
  door = await import(`data:text/javascript,${encodeURIComponent(code)}`)
})

describe('the smallest verifier: verifyJwt, one row and the key, minified and compressed', () => {
  const size = (text: string): number => gzipSync(text, { level: 9 }).length

  it("is smaller than jose's jwtVerify", async () => {
    expect(size(code)).toBeLessThan(size(await bundle(peers)))
  })

  it('has neither the table nor node:crypto in it', () => {
    expect(code).toContain('ES256')
    expect(code).not.toMatch(/ES384|RS256|getBuiltinModule/)
  })
})

const segmentsOf = (token: string): Buffer[] => token.split('.').map((segment) => Buffer.from(segment, 'base64url'))
const join = (segments: readonly Uint8Array[]): string =>
  segments.map((segment) => Buffer.from(segment).toString('base64url')).join('.')

/** The token with one bit of each byte turned over, byte after byte. */
function withFlippedBits(token: string): string[] {
  const segments = segmentsOf(token)
  return segments.flatMap((segment, index) =>
    Array.from(segment, (byte, at) => {
      const flipped = Uint8Array.from(segment)
      flipped[at] = byte ^ (1 << (at % 8))
      return join(segments.with(index, Buffer.from(flipped)))
    }),
  )
}

const withHeader = (token: string, header: object): string =>
  join(segmentsOf(token).with(0, Buffer.from(JSON.stringify(header))))

const { jwk, jws } = vectorOf('RFC 7515 §A.3')

function vectorOf(spec: string): SignatureVector {
  const found = signatureVectors.find((vector) => vector.spec === spec)
  return found ?? expect.fail(`${spec} is not among the vectors`)
}

/** When the token of the RFC was still good. */
const clock = (): number => 1_300_819_379_000

describe('RFC 7515 §A.3 as the smallest verifier sees it', () => {
  it('verifies, with the platform’s Buffer and without', async () => {
    const key = await door.importEcVerificationKey(
      { ...jwk, alg: 'ES256', use: 'sig', key_ops: ['verify'] },
      door.es256,
    )
    const { claims, key: used } = await door.verifyJwt(jws, key, { clock, issuer: 'joe' })
    expect([claims.exp, used]).toEqual([1_300_819_380, key])
    vi.stubGlobal('Buffer', undefined)
    const again = await door.verifyJwt(jws, key, { clock }).finally(() => vi.unstubAllGlobals())
    expect(again.claims).toEqual(claims)
  })

  it('refuses it once it has expired', async () => {
    const key = await door.importEcVerificationKey(jwk, door.es256)
    await expect(door.verifyJwt(jws, key)).rejects.toMatchObject({ name: 'JoseError', code: 'token_expired' })
  })

  it('refuses a flipped bit anywhere', async () => {
    const key = await door.importEcVerificationKey(jwk, door.es256)
    for (const forged of withFlippedBits(jws)) {
      await expect(door.verifyJwt(forged, key, { clock })).rejects.toMatchObject({ name: 'JoseError' })
    }
  })

  it.each(['none', 'HS256', 'ES384', '__proto__'])('refuses "%s", whatever the caller lists', async (alg) => {
    const key = await door.importEcVerificationKey(jwk, door.es256)
    const token = withHeader(jws, { alg })
    for (const options of [{}, { algorithms: ['ES256'] }, { algorithms: [alg] }]) {
      await expect(door.verifyJwt(token, key, options)).rejects.toMatchObject({
        name: 'JoseError',
        code: 'algorithm_unsupported',
        message: '"alg" (Algorithm) unsupported: expected a registered signature algorithm',
      })
    }
  })

  it('refuses the signature of another key', async () => {
    const other = await Key.generate('ES256')
    const key = await door.importEcVerificationKey(other.toPublicJwk(), door.es256)
    await expect(door.verifyJwt(jws, key, { clock })).rejects.toMatchObject({
      code: 'signature_invalid',
      message: 'signature invalid: it was not made over this token with an accepted key',
    })
  })

  it('finds the key in a source of keys, too', async () => {
    const key = await door.importEcVerificationKey({ ...jwk, kid: 'k' }, door.es256)
    const keys = { registry: key.registry, select: async () => [key] }
    expect((await door.verifyJwt(jws, keys, { clock })).key.kid).toBe('k')
  })
})

const withZero = (text: unknown): string =>
  Buffer.concat([Buffer.alloc(1), Buffer.from(`${text}`, 'base64url')]).toString('base64url')

describe('RFC 7517 §4 a verification key', () => {
  const invalid = { code: 'key_invalid', message: 'JWK invalid: expected a public key that verifies with its "alg"' }

  it.each([
    ['of another curve', async () => (await Key.generate('ES384')).toPublicJwk(), { alg: undefined }],
    ['of another type', async () => (await Key.generate('EdDSA')).toPublicJwk(), { alg: undefined }],
    ['that is private', async () => (await Key.generate('ES256')).toPrivateJwk(), {}],
    ['whose point is off the curve', async () => jwk, { y: jwk['x'] }],
    ['without its material', async () => jwk, { x: undefined }],
    ['for encryption', async () => jwk, { use: 'enc' }],
    ['for deriving', async () => jwk, { key_ops: ['deriveBits'] }],
    ['whose operations are a text', async () => jwk, { key_ops: 'verify' }],
    ['whose "kid" is a number', async () => jwk, { kid: 1 }],
    ['whose coordinate is padded', async () => jwk, { x: `${jwk['x']}=` }],
    ['whose coordinate is in the other base64', async () => jwk, { y: `${jwk['y']}`.replaceAll('_', '/') }],
    ['whose coordinate has a space in it', async () => jwk, { x: ` ${jwk['x']}` }],
    ['whose coordinate is longer than its curve', async () => jwk, { x: withZero(jwk['x']) }],
  ])('is none %s', async (_, make, members) => {
    await expect(importEcVerificationKey({ ...(await make()), ...members }, es256)).rejects.toMatchObject(invalid)
  })

  it('is none on a curve that WebCrypto lacks, and says who has it', async () => {
    const signing = await Key.generate('ES256K')
    await expect(importEcVerificationKey(signing.toPublicJwk(), es256k)).rejects.toMatchObject({
      code: 'key_unsupported',
      message:
        '"crv" (Curve) unsupported: WebCrypto lacks it, expected a `Key` on a runtime with node:crypto, such as Node',
    })
  })

  it.each(['ES384', 'none', 5])('is none that says it is for %s', async (alg) => {
    await expect(importEcVerificationKey({ ...jwk, alg }, es256)).rejects.toMatchObject({
      code: 'key_algorithm_mismatch',
      message: '"alg" (Algorithm) of the key mismatch: it is not for ES256',
    })
  })

  it('serves no other algorithm than its own, whoever asks', async () => {
    const key = await importEcVerificationKey(jwk, es256)
    expect(key.alg).toBe('ES256')
    expect(() => key.verifier(es384)).toThrow(expect.objectContaining({ code: 'key_algorithm_mismatch' }))
  })

  it.each([es256, es384, es512])('verifies with $name', async (row) => {
    const signing = await Key.generate(row.name)
    const key = await importEcVerificationKey({ ...signing.toPublicJwk(), key_ops: ['verify'] }, row)
    expect((await verifyJwt(await signJwt({ sub: 'u' }, signing), key)).claims.sub).toBe('u')
  })

  it('names an algorithm of one’s own, which WebCrypto does not know', async () => {
    const own = { ...es384, name: 'example-ES384' }
    const signing = await Key.generate(own.name, { registry: createSignatureRegistry(own) })
    const key = await importEcVerificationKey(signing.toPublicJwk(), own)
    expect((await verifyJwt(await signJwt({ sub: 'u' }, signing), key)).header.alg).toBe('example-ES384')
  })
})
