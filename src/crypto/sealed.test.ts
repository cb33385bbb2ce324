import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeBase64url, encodeBase64url } from '../util/base64url.ts'
import { ConfigurationError } from '../util/configuration-error.ts'
import type { JsonValue } from '../util/json.ts'
import { createNodeBackend } from './node.ts'
import { Sealer } from './sealed.ts'
import { createWebBackend } from './web.ts'

const SECRET = 'correct-horse-battery-staple-0001'
const OTHER = 'correct-horse-battery-staple-0002'
const options = { purpose: 'login-transaction' }
const backends = [createNodeBackend(), createWebBackend()].filter((backend) => backend !== undefined)

describe.each(backends)('Sealer over $name', (backend) => {
  const sealer = new Sealer(SECRET, { ...options, backend })

  it('gives back what it sealed', async () => {
    for (const value of [{ state: 'é', list: [1, null, { a: true }] }, 'text', 0, null, []] as JsonValue[]) {
      expect(await sealer.unseal(await sealer.seal(value))).toEqual(value)
    }
  })

  it('makes another text each time, fit for a cookie, that tells nothing', async () => {
    const texts = await Promise.all([
      sealer.seal({ verifier: 'x'.repeat(60) }),
      sealer.seal({ verifier: 'x'.repeat(60) }),
    ])
    expect(texts[0]).not.toBe(texts[1])
    for (const text of texts) {
      expect(text).toMatch(/^[A-Za-z0-9_-]+$/)
      expect(Buffer.from(text, 'base64url').toString('latin1')).not.toContain('xxx')
    }
  })

  it('opens nothing in which a single bit was changed', async () => {
    const bytes = decodeBase64url(await sealer.seal({ a: 1 }))
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const changed = Uint8Array.from(bytes)
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      expect(await sealer.unseal(encodeBase64url(changed))).toBeUndefined()
    }
  })

  it('opens nothing that was cut or extended', async () => {
    const bytes = decodeBase64url(await sealer.seal({ a: 1 }))
    for (let length = 0; length < bytes.length; length++) {
      expect(await sealer.unseal(encodeBase64url(bytes.subarray(0, length)))).toBeUndefined()
    }
    expect(await sealer.unseal(encodeBase64url(Uint8Array.from([...bytes, 0])))).toBeUndefined()
  })

  it('RFC 5869 §2.3: opens for its own purpose only', async () => {
    const text = await sealer.seal({ a: 1 })
    expect(await new Sealer(SECRET, { purpose: 'session', backend }).unseal(text)).toBeUndefined()
  })
})

describe('Sealer', () => {
  it('opens across backends', async () => {
    const [node, web] = backends.map((backend) => new Sealer(SECRET, { ...options, backend }))
    expect(await web?.unseal((await node?.seal({ a: 1 })) ?? '')).toEqual({ a: 1 })
    expect(await node?.unseal((await web?.seal({ a: 1 })) ?? '')).toEqual({ a: 1 })
  })

  it('rotates: the first secret seals, all of them open', async () => {
    const before = new Sealer(SECRET, options)
    const during = new Sealer([OTHER, SECRET], options)
    const after = new Sealer(OTHER, options)
    expect(await during.unseal(await before.seal(1))).toBe(1)
    expect(await after.unseal(await during.seal(2))).toBe(2)
    expect(await before.unseal(await during.seal(3))).toBeUndefined()
    expect(await after.unseal(await before.seal(4))).toBeUndefined()
  })

  it('decrypts nothing on trial', async () => {
    const node = createNodeBackend()
    if (node === undefined) throw new Error('this suite runs on Node')
    let decryptions = 0
    const backend = {
      ...node,
      aesGcmDecrypt: (input: Parameters<typeof node.aesGcmDecrypt>[0]) => {
        decryptions += 1
        return node.aesGcmDecrypt(input)
      },
    }
    const text = await new Sealer('a secret that nobody here has known', options).seal(1)
    expect(await new Sealer([SECRET, OTHER], { ...options, backend }).unseal(text)).toBeUndefined()
    expect(decryptions).toBe(0)
    await new Sealer([SECRET, OTHER], { ...options, backend }).unseal(await new Sealer(OTHER, options).seal(1))
    expect(decryptions).toBe(1)
  })

  it('opens until the value expires', async () => {
    let now = 1_000_000_000_000
    const sealer = new Sealer(SECRET, { ...options, clock: () => now })
    const text = await sealer.seal({ a: 1 }, { expiresAt: 1_000_000_600 })
    now += 599_999
    expect(await sealer.unseal(text)).toEqual({ a: 1 })
    now += 1
    expect(await sealer.unseal(text)).toBeUndefined()
  })

  it.each([Number.NaN, Number.POSITIVE_INFINITY])('seals nothing that expires at %d', async (expiresAt) => {
    await expect(new Sealer(SECRET, options).seal(1, { expiresAt })).rejects.toThrow(
      new TypeError('"expiresAt" must be a number of seconds'),
    )
  })

  it('opens nothing that expires by a broken clock', async () => {
    const sealer = new Sealer(SECRET, { ...options, clock: () => Number.NaN })
    expect(await sealer.unseal(await sealer.seal(1, { expiresAt: 1 }))).toBeUndefined()
  })

  it.each(['', 'AQ', 'not base64url!', 'e30', '.', 'A'.repeat(65_537)])('opens nothing made up: %j', async (text) => {
    expect(await new Sealer(SECRET, options).unseal(text)).toBeUndefined()
  })

  it('never throws over what it is given', async () => {
    const sealer = new Sealer(SECRET, options)
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 60 }), async (bytes) => {
        expect(await sealer.unseal(encodeBase64url(Uint8Array.from([1, ...bytes])))).toBeUndefined()
      }),
    )
  })

  it('seals nothing that it would not open', async () => {
    await expect(new Sealer(SECRET, options).seal('x'.repeat(65_536))).rejects.toThrow(
      new RangeError('value is too large to be sealed: at most 64 KiB'),
    )
  })

  it.each([
    ['a short secret', 'x'.repeat(31), options],
    ['a short secret among others', [SECRET, 'short'], options],
    ['an empty secret', '', options],
    ['no secret', [], options],
  ])('is not built with %s', (_, secrets, given) => {
    expect(() => new Sealer(secrets, given)).toThrow(
      new ConfigurationError('Sealer', [
        '"secrets" must hold at least one, and each must be at least 32 bytes long, such as the output of "openssl rand -base64 32"',
      ]),
    )
  })

  it('is not built without a purpose', () => {
    expect(() => new Sealer(SECRET, { purpose: '' })).toThrow(
      new ConfigurationError('Sealer', ['"purpose" must not be empty']),
    )
  })

  it('counts bytes, not characters', async () => {
    expect(await new Sealer('é'.repeat(16), options).seal(1)).toBeTypeOf('string')
  })
})
