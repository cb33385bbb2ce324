import { describe, expect, it } from 'vitest'
import type { CryptoBackend } from '../../crypto/backend.ts'
import { createNodeBackend } from '../../crypto/node.ts'
import { createWebBackend } from '../../crypto/web.ts'
import { Key } from '../jwk/key.ts'
import { KeySet } from '../jwks/key-set.ts'
import { signCompact, signDetached, verifyDetached } from './index.ts'

const backends: CryptoBackend[] = [createNodeBackend() ?? createWebBackend(), createWebBackend()]
const algorithms = ['HS512', 'RS256', 'PS384', 'ES256', 'ES512', 'EdDSA']
const cases = backends.flatMap((backend) => algorithms.map((alg) => ({ backend, name: backend.name, alg })))
const payload = Uint8Array.from({ length: 1000 }, (_, index) => index % 251)

/** The payload in pieces of these lengths, in one buffer that is used again and again. */
async function* pieces(...lengths: readonly number[]): AsyncGenerator<Uint8Array> {
  const buffer = new Uint8Array(1000)
  let offset = 0
  for (const length of [...lengths, 1000]) {
    const piece = payload.subarray(offset, offset + length)
    offset += piece.length
    buffer.set(piece)
    yield buffer.subarray(0, piece.length)
  }
}

describe.each(cases)('RFC 7515 §F, RFC 7797 §5.1 detached payloads, $alg on $name', ({ backend, alg }) => {
  it.each([true, false])('whole or in pieces is the same, unencoded: %s', async (unencoded) => {
    const key = await Key.generate(alg, { backend })
    const whole = await signDetached(payload, key, { unencoded })
    const streamed = await signDetached(pieces(1, 0, 1, 5, 333), key, { unencoded })
    expect(whole.split('.')[1]).toBe('')
    for (const jws of [whole, streamed]) {
      expect((await verifyDetached(jws, payload, key)).key).toBe(key)
      expect((await verifyDetached(jws, pieces(2, 2, 2), key)).header.alg).toBe(alg)
      expect((await verifyDetached(jws, new Blob([payload]).stream(), key)).key).toBe(key)
      for (const other of [payload.subarray(1), payload.subarray(0, 999)]) {
        await expect(verifyDetached(jws, other, key)).rejects.toMatchObject({ code: 'signature_invalid' })
      }
      const fewer = new Blob([payload.subarray(0, 999)]).stream()
      await expect(verifyDetached(jws, fewer, key)).rejects.toMatchObject({ code: 'signature_invalid' })
    }
  })

  it('reads a stream once for all the keys that may fit', async () => {
    const [key, other] = [
      await Key.generate(alg, { backend, kid: 'k' }),
      await Key.generate(alg, { backend, kid: 'k' }),
    ]
    const jws = await signDetached(pieces(7), key)
    expect((await verifyDetached(jws, pieces(9), new KeySet([other, key]))).key).toBe(key)
    await expect(verifyDetached(jws, pieces(9), new KeySet([other]))).rejects.toMatchObject({
      code: 'signature_invalid',
    })
  })
})

function withSignature(jws: string, change: (signature: Uint8Array) => Uint8Array): string {
  const [header, , signature = ''] = jws.split('.')
  return `${header}..${Buffer.from(change(Buffer.from(signature, 'base64url'))).toString('base64url')}`
}

/** One signature in 256 begins with a zero: the header varies until there is one. */
async function signatureWithZero(key: Key): Promise<string> {
  for (let count = 0; count < 10_000; count++) {
    const jws = await signDetached(payload, key, { header: { count } })
    if (Buffer.from(jws.split('.')[2] ?? '', 'base64url')[0] === 0) return jws
  }
  return expect.fail('no signature begins with a zero')
}

describe('RFC 7515 §F detached payloads', () => {
  it('are the compact form without its middle', async () => {
    const key = await Key.generate('HS256')
    const [header, , signature] = (await signCompact('hello', key)).split('.')
    expect(await signDetached('hello', key)).toBe(`${header}..${signature}`)
  })

  it('must not be in the token as well', async () => {
    const key = await Key.generate('HS256')
    await expect(verifyDetached(await signCompact('hello', key), 'hello', key)).rejects.toMatchObject({
      code: 'token_malformed',
      message: 'token malformed: expected no payload between the dots, since it is detached',
    })
  })

  it('are looked at only after the algorithm and the key', async () => {
    const [key, other] = [await Key.generate('HS256'), await Key.generate('ES256')]
    const jws = await signDetached('hello', key)
    const untouched = { [Symbol.asyncIterator]: () => expect.fail('the payload was read') }
    await expect(verifyDetached(jws, untouched, key, { algorithms: ['ES256'] })).rejects.toMatchObject({
      code: 'algorithm_not_allowed',
    })
    await expect(verifyDetached(jws, untouched, other)).rejects.toMatchObject({ code: 'key_type_mismatch' })
  })

  it.each(['PS256', 'RS256'])('RFC 8017 §8.1.2 take a signature of %s at its full length only', async (alg) => {
    const key = await Key.generate(alg)
    const jws = await signatureWithZero(key)
    const short = withSignature(jws, (signature) => signature.subarray(1))
    for (const detached of [payload, pieces(7)]) {
      await expect(verifyDetached(short, detached, key)).rejects.toMatchObject({ code: 'signature_invalid' })
    }
  })

  it.each(['ES256', 'ES384', 'ES512', 'ES256K'])('RFC 7518 §3.4 take no malformed signature of %s', async (alg) => {
    const key = await Key.generate(alg)
    const jws = await signDetached(payload, key)
    const forgeries: readonly ((signature: Uint8Array) => Uint8Array)[] = [
      () => new Uint8Array(),
      (signature) => signature.subarray(1),
      (signature) => Uint8Array.of(...signature, 0),
      (signature) => signature.subarray(0, signature.length / 2),
      (signature) => signature.map(() => 0),
      (signature) => signature.map(() => 0xff),
    ]
    for (const forge of forgeries) {
      for (const detached of [payload, pieces(7)]) {
        await expect(verifyDetached(withSignature(jws, forge), detached, key)).rejects.toMatchObject({
          name: 'JoseError',
          code: 'signature_invalid',
        })
      }
    }
  })

  it('are held in memory within the limits only', async () => {
    const key = await Key.generate('EdDSA')
    const jws = await signDetached(payload, key)
    await verifyDetached(jws, pieces(500), key, { limits: { payload: 1000 } })
    await expect(verifyDetached(jws, pieces(500), key, { limits: { payload: 999 } })).rejects.toMatchObject({
      code: 'token_too_large',
      message: 'payload too large: it must be held in memory, and the limits forbid it',
    })
  })

  it('are streams of bytes', async () => {
    const key = await Key.generate('HS256')
    const texts = new ReadableStream({ start: (controller) => controller.enqueue('text') })
    await expect(signDetached(texts, key)).rejects.toThrow(
      new TypeError('payload stream invalid: expected pieces of bytes (Uint8Array)'),
    )
  })

  it('are read from streams that are no iterables, too', async () => {
    const key = await Key.generate('HS256')
    const { getReader } = ReadableStream.prototype
    const stream = new Blob([payload]).stream()
    const bare = { getReader: getReader.bind(stream) } as unknown as ReadableStream<Uint8Array>
    expect(await signDetached(bare, key)).toBe(await signDetached(payload, key))
  })
})
