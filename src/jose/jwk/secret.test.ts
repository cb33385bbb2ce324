import { generateKeyPairSync } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { refuseKeyText } from './secret.ts'

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey
const ed = generateKeyPairSync('ed25519').publicKey
const pem = ed.export({ format: 'pem', type: 'spki' }).toString()
const jwk = rsa.publicKey.export({ format: 'jwk' })
const base64 = (bytes: Buffer): string => bytes.toString('base64')
const utf16 = (text: string): Buffer => Buffer.from(text, 'utf16le')

describe('RFC 8725 §2.1, CVE-2022-29217: a public key taken for an HMAC secret', () => {
  it.each<[string, string | Buffer]>([
    ['SPKI of RSA in base64', base64(rsa.publicKey.export({ format: 'der', type: 'spki' }))],
    ['SPKI of P-256 in base64', base64(ec.export({ format: 'der', type: 'spki' }))],
    ['SPKI of Ed25519 in base64url', ed.export({ format: 'der', type: 'spki' }).toString('base64url')],
    ['PKCS #1 in base64', base64(rsa.publicKey.export({ format: 'der', type: 'pkcs1' }))],
    ['PKCS #8 in base64', base64(rsa.privateKey.export({ format: 'der', type: 'pkcs8' }))],
    ['PEM without its first and last line', pem.replace(/-.*-/g, '')],
    ['PEM in base64', base64(Buffer.from(pem))],
    ['PEM in UTF-16', utf16(pem)],
    ['PEM in UTF-16 with its mark', utf16(`\ufeff${pem}`)],
    ['PEM in big-endian UTF-16', utf16(`\ufeff${pem}`).swap16()],
    ['a JWK in UTF-16', utf16(JSON.stringify(jwk))],
    ['an OpenSSH key after a byte order mark', '\ufeffssh-rsa AAAAB3NzaC1yc2E'],
    ['an OpenSSH key of a hardware token', 'sk-ssh-ed25519@openssh.com AAAAGnNrLXNzaC1lZDI1NTE5QG9wZW5zc2guY29t'],
    ['a list of JWKs', JSON.stringify([jwk])],
    ['a JWK Set', JSON.stringify({ keys: [jwk] }, null, 2)],
    ['a JWK behind a long chain', JSON.stringify({ x5c: ['A'.repeat(20_000)], ...jwk })],
    ['a JWK in base64url', Buffer.from(JSON.stringify(jwk)).toString('base64url')],
  ])('%s is no secret', (_, secret) => {
    expect(() => refuseKeyText(Buffer.from(secret))).toThrow(
      expect.objectContaining({
        code: 'key_invalid',
        message: 'HMAC secret invalid: expected random bytes, not the text of a PEM, SSH or JWK key',
      }),
    )
  })

  it.each([
    'sk-proj-2xX0BXaRUk1eQhMdGyYcCpbn',
    'ssh-tunnel passphrase, long enough to be one',
    '{"secret":"kty"}',
    '["a list", "of words"]',
    'MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE',
  ])('%s is one', (secret) => {
    expect(() => refuseKeyText(Buffer.from(secret))).not.toThrow()
  })

  it('random bytes are one, and what texts they are written in', () => {
    const bytes = fc.oneof(fc.uint8Array({ maxLength: 512 }), fc.uint8Array({ maxLength: 96 }).map(asSequence))
    const encoding = fc.constantFrom('base64', 'base64url', 'hex', 'utf16le', 'latin1')
    fc.assert(
      fc.property(bytes, encoding, (secret, name) => {
        refuseKeyText(secret)
        refuseKeyText(Buffer.from(Buffer.from(secret).toString(name)))
      }),
    )
  })
})

/** As near to a key as chance comes: a sequence that ends where it should, of a random element. */
function asSequence(content: Uint8Array): Uint8Array {
  return Uint8Array.from([0x30, content.length, 0x04, Math.max(content.length - 2, 0), ...content.subarray(2)])
}
