import { describe, expect, it } from 'vitest'
import { createNodeBackend } from './node.ts'
import { hashGeneratedSecret, hashSecret, verifySecret } from './password.ts'
import { createWebBackend } from './web.ts'

const web = createWebBackend()
const node = createNodeBackend()
const UNREADABLE = 'stored secret hash must be of the form scrypt$…, pbkdf2-sha256$… or sha256$…, within bounds'
const SALT = 'c2FsdHNhbHRzYWx0c2FsdA'
const HASH = 'A'.repeat(43)

describe('secret hashes', () => {
  it('are scrypt, salted', async () => {
    const stored = await hashSecret('päss:word', node)
    expect(stored).toMatch(/^scrypt\$16384\$8\$5\$[\w-]{22}\$[\w-]{43}$/)
    expect(await hashSecret('päss:word', node)).not.toBe(stored)
    expect(await verifySecret('päss:word', stored, node)).toBe(true)
    expect(await verifySecret('pass:word', stored, node)).toBe(false)
    expect(await verifySecret('', stored, node)).toBe(false)
  })

  it('are PBKDF2 where the platform has no scrypt, and both platforms read them', async () => {
    const stored = await hashSecret('secret', web)
    expect(stored).toMatch(/^pbkdf2-sha256\$600000\$[\w-]{22}\$[\w-]{43}$/)
    expect(await verifySecret('secret', stored, node)).toBe(true)
    expect(await verifySecret('secreT', stored, web)).toBe(false)
  })

  it('are one SHA-256 for secrets that were generated', async () => {
    const stored = await hashGeneratedSecret('gX1fBat3bVgX1fBat3bVgX')
    expect(stored).toMatch(/^sha256\$[\w-]{43}$/)
    expect(await verifySecret('gX1fBat3bVgX1fBat3bVgX', stored)).toBe(true)
    expect(await verifySecret('gX1fBat3bVgX1fBat3bVgY', stored)).toBe(false)
  })

  it('RFC 7914 §12: agree with the test vector', async () => {
    const raw = Buffer.from(
      '7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2' +
        'd5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887',
      'hex',
    ).toString('base64url')
    const stored = `scrypt$16384$8$1$${Buffer.from('SodiumChloride').toString('base64url')}$${raw}`
    expect(await verifySecret('pleaseletmein', stored, node)).toBe(true)
    expect(await verifySecret('pleaseletmeim', stored, node)).toBe(false)
  })

  it.each([
    'plain text secret',
    '',
    'sha256',
    `sha256$${HASH}$x`,
    'sha256$',
    'sha256$AAAA',
    `sha256$${'A'.repeat(100)}`,
    `__proto__$${HASH}`,
    `md5$${HASH}`,
    `scrypt$16384$8$${SALT}$${HASH}`,
    `scrypt$512$8$1$${SALT}$${HASH}`,
    `scrypt$262144$8$1$${SALT}$${HASH}`,
    `scrypt$131072$16$1$${SALT}$${HASH}`,
    `scrypt$16384$64$1$${SALT}$${HASH}`,
    `scrypt$16384$8$17$${SALT}$${HASH}`,
    `scrypt$16384$8$0$${SALT}$${HASH}`,
    `scrypt$1e5$8$1$${SALT}$${HASH}`,
    `scrypt$16384$8$1$not+base64$${HASH}`,
    `pbkdf2-sha256$99999$${SALT}$${HASH}`,
    `pbkdf2-sha256$2000001$${SALT}$${HASH}`,
    `pbkdf2-sha256$600000$${SALT}`,
  ])('are refused where they are none, or too cheap, or too dear: %s', async (stored) => {
    await expect(verifySecret('plain text secret', stored, node)).rejects.toThrow(new TypeError(UNREADABLE))
  })

  it('say what is missing where scrypt is', async () => {
    await expect(verifySecret('a', `scrypt$16384$8$1$${SALT}$${HASH}`, web)).rejects.toThrow(
      new TypeError('stored secret hash needs scrypt, which this platform lacks'),
    )
  })
})
