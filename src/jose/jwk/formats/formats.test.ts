import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { backends } from '../../../../test/contracts/crypto-backend.ts'
import { Key } from '../key.ts'
import type { Jwk } from '../types.ts'

const fixture = (name: string): string =>
  readFileSync(new URL(`../../../../test/fixtures/keys/${name}`, import.meta.url), 'utf8')
const refusal = (code: string, message: string): object => ({ name: 'JoseError', code, message })
const jwkOf = (key: KeyObject): Jwk => key.export({ format: 'jwk' }) as unknown as Jwk

const makers: readonly [string, () => { publicKey: KeyObject; privateKey: KeyObject }][] = [
  ['RSA', () => generateKeyPairSync('rsa', { modulusLength: 2048 })],
  ['P-256', () => generateKeyPairSync('ec', { namedCurve: 'P-256' })],
  ['P-384', () => generateKeyPairSync('ec', { namedCurve: 'P-384' })],
  ['P-521', () => generateKeyPairSync('ec', { namedCurve: 'P-521' })],
  ['Ed25519', () => generateKeyPairSync('ed25519')],
  ['Ed448', () => generateKeyPairSync('ed448')],
  ['X25519', () => generateKeyPairSync('x25519')],
  ['X448', () => generateKeyPairSync('x448')],
]
const pairs = makers.map(([name, make]) => ({ name, ...make() }))
const rsa = pairs[0]
const ec = pairs[2]
const ed = pairs[4]
if (rsa === undefined || ec === undefined || ed === undefined) throw new Error('no pairs')

const cases = backends.flatMap((backend) => pairs.map((pair) => ({ ...pair, backend, on: backend.name })))

describe.each(cases)(
  'RFC 5280 §4.1.2.7, RFC 5958 §2, RFC 7468 §10 §13, RFC 3279 §2.3.1, RFC 5480 §2.1.1 §2.1.1.1 §2.2, RFC 8410 §3 §7 $name on $on',
  ({ publicKey, privateKey, backend }) => {
    it('reads what OpenSSL writes, as PEM and as DER', async () => {
      const publicJwk = jwkOf(publicKey)
      const privateJwk = jwkOf(privateKey)
      const spki = publicKey.export({ format: 'pem', type: 'spki' }).toString()
      expect((await Key.import(spki, { backend })).toPublicJwk()).toEqual(publicJwk)
      const pkcs8 = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString()
      expect((await Key.import(`Bag Attributes: none\n${pkcs8}\n`, { backend })).toPrivateJwk()).toEqual(privateJwk)
      const der = { format: 'der', backend } as const
      expect((await Key.import(publicKey.export({ format: 'der', type: 'spki' }), der)).toPublicJwk()).toEqual(
        publicJwk,
      )
      expect((await Key.import(privateKey.export({ format: 'der', type: 'pkcs8' }), der)).toPrivateJwk()).toEqual(
        privateJwk,
      )
    })

    it('writes the bytes that OpenSSL writes', async () => {
      const key = await Key.import(jwkOf(privateKey), { backend })
      expect(Buffer.from(await key.toPublicDer())).toEqual(publicKey.export({ format: 'der', type: 'spki' }))
      expect(Buffer.from(await key.toPrivateDer())).toEqual(privateKey.export({ format: 'der', type: 'pkcs8' }))
      expect(await key.toPublicPem()).toBe(publicKey.export({ format: 'pem', type: 'spki' }))
      expect(await key.toPrivatePem()).toBe(privateKey.export({ format: 'pem', type: 'pkcs8' }))
    })
  },
)

describe.each(backends)('RFC 8017 §A.1.1 §A.1.2, RFC 5915 §3 the older forms on $name', (backend) => {
  it.each(['pem', 'der'] as const)(
    'RFC 7518 §2 PKCS #1 as %s, both halves, without the zeros of DER',
    async (format) => {
      const options = { ...(format === 'der' && { format }), backend }
      const text = (key: KeyObject): string | Buffer =>
        key.export({ format, type: 'pkcs1' } as { format: 'pem'; type: 'pkcs1' })
      expect((await Key.import(text(rsa.publicKey), options)).toPublicJwk()).toEqual(jwkOf(rsa.publicKey))
      const key = await Key.import(text(rsa.privateKey), options)
      expect(key.toPrivateJwk()).toEqual(jwkOf(rsa.privateKey))
      const pem = format === 'pem'
      const written = pem
        ? await key.toPrivatePem({ form: 'pkcs1' })
        : Buffer.from(await key.toPrivateDer({ form: 'pkcs1' }))
      expect(written).toEqual(text(rsa.privateKey))
      expect(
        pem ? await key.toPublicPem({ form: 'pkcs1' }) : Buffer.from(await key.toPublicDer({ form: 'pkcs1' })),
      ).toEqual(text(rsa.publicKey))
    },
  )

  it.each(['pem', 'der'] as const)('SEC 1 as %s', async (format) => {
    const sec1 = ec.privateKey.export({ format, type: 'sec1' } as { format: 'pem'; type: 'sec1' })
    const key = await Key.import(sec1, { ...(format === 'der' && { format }), backend })
    expect(key.toPrivateJwk()).toEqual(jwkOf(ec.privateKey))
    const written = format === 'pem' ? key.toPrivatePem({ form: 'sec1' }) : key.toPrivateDer({ form: 'sec1' })
    expect(format === 'pem' ? await written : Buffer.from((await written) as Uint8Array)).toEqual(sec1)
  })

  it('SEC 1 as the openssl command writes it, behind its parameters', async () => {
    const key = await Key.import(fixture('p256-with-parameters.pem'), { backend })
    expect(key.toPrivateJwk()).toEqual(jwkOf(createPrivateKey(fixture('p256-with-parameters.pem'))))
  })
})

describe.each(backends)('RFC 5958 §3, RFC 7468 §11, RFC 8018 §6.2 encrypted keys on $name', (backend) => {
  const expected = jwkOf(createPrivateKey(fixture('ed25519.pem')))

  it.each(['aes-128-cbc', 'aes-192-cbc', 'aes-256-cbc'])(
    'RFC 8018 §B.2.5 opens what OpenSSL encrypts with %s',
    async (cipher) => {
      const pem = ec.privateKey.export({ format: 'pem', type: 'pkcs8', cipher, passphrase: 'pässword' }).toString()
      expect((await Key.import(pem, { password: 'pässword', backend })).toPrivateJwk()).toEqual(jwkOf(ec.privateKey))
      const der = ec.privateKey.export({ format: 'der', type: 'pkcs8', cipher, passphrase: 'pässword' })
      const options = { format: 'der', password: new TextEncoder().encode('pässword'), backend } as const
      expect((await Key.import(der, options)).toPrivateJwk()).toEqual(jwkOf(ec.privateKey))
    },
  )

  it.each(['ed25519-sha1.pem', 'ed25519-sha384.pem', 'ed25519-sha512.pem'])(
    'RFC 8018 §B.1 opens PBKDF2 with the hash that %s names, or SHA-1 where it names none',
    async (name) => {
      expect((await Key.import(fixture(name), { password: 'correct', backend })).toPrivateJwk()).toEqual(expected)
    },
  )

  it('RFC 7914 §7 opens scrypt where the runtime has it', async () => {
    const opened = Key.import(fixture('ed25519-scrypt.pem'), { password: 'correct', backend })
    if (backend.name === 'node') expect((await opened).toPrivateJwk()).toEqual(expected)
    else {
      await expect(opened).rejects.toMatchObject(
        refusal('key_unsupported', 'encrypted private key unsupported: scrypt is not available in this runtime'),
      )
    }
  })

  it('encrypts so that OpenSSL opens it', async () => {
    const key = await Key.import(fixture('ed25519.pem'), { backend })
    const pem = await key.toPrivatePem({ password: 'new one' })
    expect(jwkOf(createPrivateKey({ key: pem, passphrase: 'new one' }))).toEqual(expected)
    expect(() => createPrivateKey({ key: pem, passphrase: 'other' })).toThrow()
    const der = await key.toPrivateDer({ password: 'new one' })
    expect((await Key.import(der, { format: 'der', password: 'new one', backend })).toPrivateJwk()).toEqual(expected)
  })

  it.each([
    [undefined, 'password_missing', '"password" missing: the private key is encrypted'],
    ['wrong', 'password_invalid', '"password" invalid: the private key does not open with it'],
    ['', 'password_invalid', '"password" invalid: the private key does not open with it'],
  ])('refuses the password %o', async (password, code, message) => {
    const options = { backend, ...(password !== undefined && { password }) }
    await expect(Key.import(fixture('ed25519-sha1.pem'), options)).rejects.toMatchObject(refusal(code, message))
  })
})

describe('limits of encrypted keys', () => {
  const der = (): Buffer => Buffer.from(fixture('ed25519-sha1.pem').replace(/-.*-/g, ''), 'base64')
  const changed = (change: (bytes: Buffer) => void): Buffer => {
    const bytes = der()
    change(bytes)
    return bytes
  }

  it.each([
    [
      'a cipher that nobody knows',
      changed((bytes) => bytes.writeUInt8(1, 59)),
      'encrypted private key unsupported: expected AES-CBC',
    ],
    [
      'a scheme that nobody knows',
      changed((bytes) => bytes.writeUInt8(1, 15)),
      'encrypted private key unsupported: expected PBES2',
    ],
    [
      'a derivation that nobody knows',
      changed((bytes) => bytes.writeUInt8(1, 30)),
      'encrypted private key unsupported: expected PBKDF2 or scrypt',
    ],
  ])('refuses %s', async (_, bytes, message) => {
    const opened = Key.import(bytes, { format: 'der', password: 'correct' })
    await expect(opened).rejects.toMatchObject(refusal('key_unsupported', message))
  })

  it('RFC 1421 §4.6.1.1 refuses the ciphers of long ago by name', async () => {
    const options = { format: 'pem', type: 'pkcs8', cipher: 'des-ede3-cbc', passphrase: 'x' } as const
    const pem = ec.privateKey.export(options).toString()
    await expect(Key.import(pem, { password: 'x' })).rejects.toMatchObject(
      refusal('key_unsupported', 'encrypted private key unsupported: expected AES-CBC'),
    )
    const old = ec.privateKey.export({ format: 'pem', type: 'sec1', cipher: 'aes-128-cbc', passphrase: 'x' }).toString()
    await expect(Key.import(old, { password: 'x' })).rejects.toMatchObject(
      refusal('key_unsupported', 'PEM block unsupported: expected PKCS #8 encryption, not that of RFC 1421'),
    )
  })

  it.each([
    [
      'a form that is not encrypted',
      { form: 'sec1', password: 'x' } as const,
      'key_unsupported',
      'only PKCS #8 is encrypted: expected "form" "pkcs8"',
    ],
    ['an empty password', { password: '' }, 'password_invalid', '"password" invalid: expected one that is not empty'],
  ])('writes with no %s', async (_, options, code, message) => {
    const key = await Key.import(jwkOf(ec.privateKey))
    await expect(key.toPrivatePem(options)).rejects.toMatchObject(refusal(code, message))
  })
})

describe.each(backends)('RFC 5280 §4.1, RFC 7468 §5 certificates on $name', (backend) => {
  it.each(['p256-v1.crt', 'ed25519.crt'])('the key of %s, with its certificate', async (name) => {
    const key = await Key.import(fixture(name), { backend })
    const { x5c, 'x5t#S256': thumbprint, ...members } = key.toPublicJwk()
    expect(members).toEqual(jwkOf(createPublicKey(fixture(name))))
    expect(x5c).toEqual([fixture(name).replace(/-.*-|\n/g, '')])
    expect(thumbprint).toHaveLength(43)
    expect(await Key.import(key.toPublicJwk(), { backend })).toMatchObject({ certificates: key.certificates })
  })

  it('a private key with its certificate in one text', async () => {
    const key = await Key.import(`${fixture('p256-with-parameters.pem')}${fixture('p256-v1.crt')}`, { backend })
    expect(key).toMatchObject({ isPrivate: true, certificates: { x5c: [expect.any(String)] } })
    expect(key.toPublicJwk().x5c).toHaveLength(1)
  })

  it('a chain, in the order of the text', async () => {
    const key = await Key.import(`${fixture('p256-v1.crt')}${fixture('ed25519.crt')}`, { backend })
    expect(key).toMatchObject({ kty: 'EC', certificates: { x5c: { length: 2 } } })
  })

  it('not one of another key', async () => {
    const text = `${fixture('ed25519.pem')}${fixture('p256-v1.crt')}`
    await expect(Key.import(text, { backend })).rejects.toMatchObject(
      refusal(
        'key_invalid',
        'JWK "x5c" (X.509 Certificate Chain) invalid: expected the first certificate to be of this key',
      ),
    )
  })
})

describe('RFC 7517 §4.6, §4.7, §4.8, §4.9 certificates of a JWK', () => {
  const chain =
    'JWK "x5c" (X.509 Certificate Chain) invalid: expected a list of certificates in base64 (DER), ten at most'
  const sha256 = 'JWK "x5t#S256" (X.509 Certificate SHA-256 Thumbprint) invalid'
  const publicJwk = async (): Promise<Jwk> => ({ ...(await Key.import(fixture('p256-v1.crt'))).toPublicJwk() }) as Jwk

  it('come out as they came in, and cannot be changed', async () => {
    const jwk = {
      ...(await publicJwk()),
      x5u: 'https://op.example/certificate',
      x5t: Buffer.alloc(20).toString('base64url'),
    }
    const { x5c: _, ...without } = jwk as Record<string, unknown> & { kty: string }
    const key = await Key.import(without)
    expect(key.toPublicJwk()).toEqual(without)
    expect(Object.isFrozen(key.certificates)).toBe(true)
    const exported = (await Key.import(await publicJwk())).toPublicJwk()
    exported.x5c?.pop()
    expect((await Key.import(await publicJwk())).toPublicJwk().x5c).toHaveLength(1)
  })

  it.each<[string, Record<string, unknown>, string]>([
    ['x5c that is no list', { x5c: 'MII' }, chain],
    ['an empty x5c', { x5c: [] }, chain],
    ['x5c in base64url', { x5c: ['-_'] }, chain],
    ['x5c that is no text', { x5c: [5] }, chain],
    ['a chain without an end', { x5c: Array.from({ length: 11 }, () => 'AAAA') }, chain],
    ['x5c that is no certificate', { x5c: ['MAA='] }, 'JWK "x5c" invalid: expected an RSA, EC, OKP or ML-DSA key'],
    ['a thumbprint that is none', { 'x5t#S256': 'AAAA' }, `${sha256}: expected the base64url of 32 bytes`],
    [
      'a thumbprint of another',
      { 'x5t#S256': 'A'.repeat(43) },
      `${sha256}: expected the thumbprint of the first certificate`,
    ],
    [
      'a SHA-1 thumbprint of another',
      { x5t: 'A'.repeat(27) },
      'JWK "x5t" (X.509 Certificate SHA-1 Thumbprint) invalid: expected the thumbprint of the first certificate',
    ],
    ['an x5u that is no text', { x5u: 5 }, 'JWK "x5u" (X.509 URL) invalid: expected a string'],
  ])('refuses %s', async (_, parameters, message) => {
    await expect(Key.import({ ...(await publicJwk()), ...parameters })).rejects.toMatchObject(
      refusal('key_invalid', message),
    )
  })
})

describe('RFC 4251 §5, RFC 4253 §6.6, RFC 5656 §3.1, RFC 8709 §4 OpenSSH public keys', () => {
  it.each([
    ['ssh-ed25519', 'ssh-ed25519.pub', { kty: 'OKP', crv: 'Ed25519' }],
    ['ecdsa', 'ssh-p384.pub', { kty: 'EC', crv: 'P-384' }],
    ['rsa', 'ssh-rsa.pub', { kty: 'RSA', bits: 2048 }],
  ])('%s comes and goes', async (_, file, expected) => {
    const line = fixture(file).trim()
    const key = await Key.import(line)
    expect(key).toMatchObject({ ...expected, isPrivate: false })
    expect(await key.toPublicSsh(line.split(' ').slice(2).join(' '))).toBe(line)
  })

  it('is written for the public half of a private key', async () => {
    const key = await Key.import(jwkOf(rsa.privateKey))
    expect((await Key.import(await key.toPublicSsh())).toPublicJwk()).toEqual(jwkOf(rsa.publicKey))
  })

  it.each([
    [
      'a kind that a JWK cannot say',
      'ssh-dss AAAA',
      'key_unsupported',
      'OpenSSH key unsupported: expected one line of an RSA, ECDSA or EdDSA key',
    ],
    [
      'two lines',
      'ssh-rsa AAAA\nssh-rsa AAAA',
      'key_unsupported',
      'OpenSSH key unsupported: expected one line of an RSA, ECDSA or EdDSA key',
    ],
    [
      'a name from the prototype',
      'ssh-constructor AAAA',
      'key_unsupported',
      'OpenSSH key unsupported: expected one line of an RSA, ECDSA or EdDSA key',
    ],
    ['a body that is none', 'ssh-rsa !', 'key_invalid', 'OpenSSH key invalid: expected an RSA, EC, OKP or ML-DSA key'],
    [
      'a field beyond the end',
      'ssh-rsa AAAAB3NzaC1yc2E/////',
      'key_invalid',
      'OpenSSH key invalid: expected an RSA, EC, OKP or ML-DSA key',
    ],
    [
      'a body of another type',
      `ssh-rsa ${fixture('ssh-p384.pub').split(' ')[1]}`,
      'key_invalid',
      'OpenSSH key invalid: expected an RSA, EC, OKP or ML-DSA key',
    ],
    [
      'a field too few',
      'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5',
      'key_invalid',
      'OpenSSH key invalid: expected an RSA, EC, OKP or ML-DSA key',
    ],
  ])('refuses %s', async (_, line, code, message) => {
    await expect(Key.import(line)).rejects.toMatchObject(refusal(code, message))
  })

  it('is not written for kinds that OpenSSH does not have, nor with a comment of two lines', async () => {
    const key = await Key.generate({ kty: 'OKP', crv: 'X25519' })
    await expect(key.toPublicSsh()).rejects.toMatchObject(
      refusal('key_unsupported', 'key has no OpenSSH form: expected an RSA, NIST EC or EdDSA key'),
    )
    const ssh = await Key.import(jwkOf(ed.publicKey))
    await expect(ssh.toPublicSsh('a\nb')).rejects.toThrow('"comment" invalid: expected one line')
  })
})

describe('RFC 7468 §2 texts that are no key', () => {
  const none = 'expected one PEM key or certificate, or one OpenSSH public key'
  const armored = (label: string, body = 'AAAA'): string => `-----BEGIN ${label}-----\n${body}\n-----END ${label}-----`
  const blocks = 'PEM invalid: expected blocks of base64 between BEGIN and END lines of one label'

  it.each([
    ['nothing', '', 'key_invalid', `key text is not PEM: ${none}; HMAC secrets are given as bytes`],
    ['a secret', 'secret', 'key_invalid', `key text is not PEM: ${none}; HMAC secrets are given as bytes`],
    [
      'two keys',
      `${armored('PUBLIC KEY')}${armored('PUBLIC KEY')}`,
      'key_invalid',
      `key text has several keys: ${none}`,
    ],
    ['an end of another label', '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PRIVATE KEY-----', 'key_invalid', blocks],
    ['no end', '-----BEGIN PUBLIC KEY-----\nAAAA', 'key_invalid', blocks],
    ['no label', '-----BEGIN ', 'key_invalid', blocks],
    ['a label without an end', `-----BEGIN ${'A'.repeat(100)}-----`, 'key_invalid', blocks],
    ['a body that is no base64', armored('PUBLIC KEY', 'A*'), 'key_invalid', blocks],
    ['too much', ' '.repeat(262_145), 'key_invalid', 'key text too long: expected one key'],
    [
      'another label',
      armored('OPENSSH PRIVATE KEY'),
      'key_unsupported',
      'PEM block unsupported: expected "PUBLIC KEY", "PRIVATE KEY", "ENCRYPTED PRIVATE KEY", "CERTIFICATE", "RSA PRIVATE KEY", "RSA PUBLIC KEY", "EC PRIVATE KEY"',
    ],
    [
      'an SPKI of garbage',
      armored('PUBLIC KEY', 'MAA='),
      'key_invalid',
      'PEM "PUBLIC KEY" invalid: expected an RSA, EC, OKP or ML-DSA key',
    ],
    [
      'a PKCS #1 of garbage',
      armored('RSA PRIVATE KEY', 'MAA='),
      'key_invalid',
      'PEM "RSA PRIVATE KEY" invalid: expected an RSA, EC, OKP or ML-DSA key',
    ],
    [
      'a SEC 1 that names no curve',
      armored('EC PRIVATE KEY', 'MAYCAQEEAQE='),
      'key_invalid',
      'PEM "EC PRIVATE KEY" invalid: expected an RSA, EC, OKP or ML-DSA key',
    ],
  ])('refuses %s', async (_, text, code, message) => {
    await expect(Key.import(text)).rejects.toMatchObject(refusal(code, message))
  })

  it('RFC 8017 §A.1.2 refuses an RSA key of more than two primes', async () => {
    await expect(Key.import(armored('RSA PRIVATE KEY', 'MAMCAQE='))).rejects.toMatchObject(
      refusal('key_unsupported', 'PKCS #1 key unsupported: expected an RSA key of two primes'),
    )
  })

  it.each([
    ['a sequence of nothing', Uint8Array.of(0x30, 0)],
    ['too much', new Uint8Array(262_145)],
  ])('refuses DER of %s', async (_, der) => {
    await expect(Key.import(der, { format: 'der' })).rejects.toMatchObject(
      refusal('key_invalid', 'DER invalid: expected an RSA, EC, OKP or ML-DSA key'),
    )
  })

  it('CVE-2024-37568 refuses a public key in DER as a secret', async () => {
    for (const { publicKey, privateKey } of pairs) {
      for (const der of [
        publicKey.export({ format: 'der', type: 'spki' }),
        privateKey.export({ format: 'der', type: 'pkcs8' }),
      ]) {
        await expect(Key.import(der)).rejects.toMatchObject({ code: 'key_invalid' })
      }
    }
    await expect(Key.import(rsa.publicKey.export({ format: 'der', type: 'pkcs1' }))).rejects.toMatchObject(
      refusal('key_invalid', 'HMAC secret invalid: expected random bytes, not the text of a PEM, SSH or JWK key'),
    )
    const certificate = Buffer.from(fixture('ed25519.crt').replace(/-.*-/g, ''), 'base64')
    await expect(Key.import(certificate)).rejects.toMatchObject({ code: 'key_invalid' })
  })
})

describe('keys that have no such form', () => {
  it('of secrets there is none', async () => {
    const secret = await Key.generate('HS256')
    await expect(secret.toPublicPem()).rejects.toMatchObject({ code: 'key_symmetric' })
    await expect(secret.toPrivatePem()).rejects.toMatchObject(
      refusal('key_unsupported', 'key has no form "PRIVATE KEY": expected a key pair of type "any"'),
    )
  })

  it('of public keys there is none that is private', async () => {
    const key = await Key.import(jwkOf(ec.publicKey))
    await expect(key.toPrivatePem()).rejects.toMatchObject({ code: 'key_not_private' })
    await expect(key.toPrivateDer()).rejects.toMatchObject({ code: 'key_not_private' })
  })

  it('PKCS #1 is for RSA, SEC 1 for EC', async () => {
    const key = await Key.import(jwkOf(ed.privateKey))
    await expect(key.toPublicPem({ form: 'pkcs1' })).rejects.toMatchObject(
      refusal('key_unsupported', 'key has no form "RSA PUBLIC KEY": expected a key pair of type "RSA"'),
    )
    await expect(key.toPrivatePem({ form: 'sec1' })).rejects.toMatchObject(
      refusal('key_unsupported', 'key has no form "EC PRIVATE KEY": expected a key pair of type "EC"'),
    )
  })
})

describe('key objects of the platform', () => {
  it.each(['ES256', 'RS256', 'PS512', 'EdDSA', 'HS256'])(
    '%s as a CryptoKey signs what the key verifies',
    async (alg) => {
      const key = await Key.generate(alg)
      const cryptoKey = await key.toCryptoKey()
      expect(cryptoKey).toMatchObject({ extractable: false, usages: ['sign'] })
      const again = await Key.import(cryptoKey, { alg })
      expect(again).toMatchObject({ kty: key.kty, isPrivate: true })
      if (alg !== 'HS256')
        expect(await key.toCryptoKey({ half: 'public' })).toMatchObject({ type: 'public', usages: ['verify'] })
    },
  )

  it('a CryptoKey for what the caller says', async () => {
    const key = await Key.import(jwkOf(ec.privateKey))
    const parameters = { name: 'ECDH', namedCurve: 'P-384' }
    const cryptoKey = await key.toCryptoKey({ parameters, usages: ['deriveBits'], extractable: true })
    expect(cryptoKey).toMatchObject({ algorithm: parameters, extractable: true, usages: ['deriveBits'] })
  })

  it('no CryptoKey where the algorithm is open, or WebCrypto lacks the curve', async () => {
    await expect((await Key.import(jwkOf(rsa.privateKey))).toCryptoKey()).rejects.toMatchObject(
      refusal('algorithms_required', '"parameters" missing: expected, since the key names no signature algorithm'),
    )
    await expect((await Key.generate('ES256K')).toCryptoKey()).rejects.toMatchObject(
      refusal(
        'key_unsupported',
        'CryptoKey unsupported: "secp256k1" is not available in this runtime: expected a runtime whose node:crypto has this curve, such as Node or Deno',
      ),
    )
  })

  it('a KeyObject, of either half and of a secret', async () => {
    for (const { publicKey, privateKey } of pairs) {
      expect((await (await Key.import(jwkOf(privateKey))).toKeyObject<KeyObject>()).equals(privateKey)).toBe(true)
      expect((await (await Key.import(jwkOf(publicKey))).toKeyObject<KeyObject>()).equals(publicKey)).toBe(true)
    }
    expect((await (await Key.generate('HS256')).toKeyObject<KeyObject>()).symmetricKeySize).toBe(32)
  })
})
