import { createNodeBackend } from '../../src/crypto/node.ts'
import type { CryptoBackend, SignatureScheme } from '../../src/crypto/primitives.ts'
import { createWebBackend } from '../../src/crypto/web.ts'

const node = createNodeBackend()
if (node === undefined) throw new Error('the contract is tested on a runtime that has node:crypto')

/** Both implementations of `CryptoBackend`; suites run on each. */
export const backends: readonly CryptoBackend[] = [node, createWebBackend()]

/** Every pair, for what one writes and the other reads. */
export const backendPairs: readonly { writer: CryptoBackend; reader: CryptoBackend }[] = backends.flatMap((writer) =>
  backends.map((reader) => ({ writer, reader })),
)

/** The asymmetric schemes that both backends have wherever the tests run. */
export const keyPairSchemes: readonly SignatureScheme[] = [
  { family: 'rsa-pkcs1', hash: 'sha-256' },
  { family: 'rsa-pkcs1', hash: 'sha-384' },
  { family: 'rsa-pkcs1', hash: 'sha-512' },
  { family: 'rsa-pss', hash: 'sha-256' },
  { family: 'rsa-pss', hash: 'sha-384' },
  { family: 'rsa-pss', hash: 'sha-512' },
  { family: 'ecdsa', hash: 'sha-256', curve: 'P-256' },
  { family: 'ecdsa', hash: 'sha-384', curve: 'P-384' },
  { family: 'ecdsa', hash: 'sha-512', curve: 'P-521' },
  { family: 'eddsa', curve: 'Ed25519' },
  { family: 'eddsa', curve: 'Ed448' },
]

export function fromHex(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex, 'hex'))
}

export function toHex(bytes: Uint8Array | undefined): string | undefined {
  return bytes && Buffer.from(bytes).toString('hex')
}
