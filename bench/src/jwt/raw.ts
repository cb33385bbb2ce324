import { createHmac, sign, timingSafeEqual, verify } from 'node:crypto'
import type { Contestant } from '../contest.ts'
import type { Algorithm, Keys } from './subject.ts'

/** `raw` is the limit: the bare primitive of node:crypto over a signing input that somebody else has made. */
export interface Raw {
  readonly sign: readonly Contestant[]
  readonly verify: readonly Contestant[]
}

export function prepareRaw(algorithm: Algorithm, keys: Keys, token: string): Raw {
  const dot = token.lastIndexOf('.')
  const input = Buffer.from(token.slice(0, dot))
  const signature = Buffer.from(token.slice(dot + 1), 'base64url')
  return algorithm === 'HS256' ? rawHmac(keys, input, signature) : rawAsymmetric(algorithm, keys, input, signature)
}

function rawHmac({ privateKey }: Keys, input: Buffer, signature: Buffer): Raw {
  const digest = (): Buffer => createHmac('sha256', privateKey).update(input).digest()
  return {
    sign: [{ name: 'raw', run: digest }],
    verify: [{ name: 'raw', run: () => timingSafeEqual(digest(), signature) }],
  }
}

function rawAsymmetric(algorithm: Algorithm, keys: Keys, input: Buffer, joseSignature: Buffer): Raw {
  const { privateKey, publicKey } = keys
  const hash = algorithm === 'EdDSA' ? null : 'sha256'
  // DER is what the primitive makes of an ECDSA signature; JOSE's form is a conversion on top.
  const signature = algorithm === 'ES256' ? sign(hash, input, privateKey) : joseSignature
  return {
    sign: [
      { name: 'raw', run: () => sign(hash, input, privateKey) },
      { name: 'raw pool', run: () => pooled((done) => sign(hash, input, privateKey, done)) },
    ],
    verify: [
      { name: 'raw', run: () => verify(hash, input, publicKey, signature) },
      { name: 'raw pool', run: () => pooled((done) => verify(hash, input, publicKey, signature, done)) },
    ],
  }
}

type Done<T> = (error: Error | null, result: T) => void

function pooled<T>(start: (done: Done<T>) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    start((error, result) => (error ? reject(error) : resolve(result)))
  })
}
