import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Key, type KeyKind } from 'authwright/jose/jwk'
import { KeySet, RotatingKeys } from 'authwright/jose/jwks'
import { signJwt } from 'authwright/jose/jwt'
import * as jose from 'jose'
import { afterAll, describe, expect, it } from 'vitest'
import { backends } from '../contracts/crypto-backend.ts'

const algorithms = ['RS256', 'PS384', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519']
const fixture = (name: string): string => readFileSync(new URL(`../fixtures/keys/${name}`, import.meta.url), 'utf8')
const directory = mkdtempSync(join(tmpdir(), 'authwright-keys-'))
afterAll(() => rmSync(directory, { recursive: true }))

/** Runs a command; what it prints, or nothing where it is not there or fails. */
function run(command: string, parameters: readonly string[], input = ''): string | undefined {
  const { status, stdout } = spawnSync(command, parameters, { input, encoding: 'utf8' })
  return status === 0 ? stdout : undefined
}

function written(name: string, text: string): string {
  const path = join(directory, name)
  writeFileSync(path, text, { mode: 0o600 })
  return path
}

describe.each(backends)('jose, on $name', (backend) => {
  it.each(algorithms)(
    'RFC 7468 §10, §13: jose reads the PEM that we write for %s, and we read its own',
    async (alg) => {
      const key = await Key.generate(alg, { backend })
      const privateKey = await jose.importPKCS8(await key.toPrivatePem(), alg, { extractable: true })
      const publicKey = await jose.importSPKI(await key.toPublicPem(), alg, { extractable: true })
      const { kid: _kid, alg: _alg, use: _use, ...members } = key.toPrivateJwk()
      expect(await jose.exportJWK(privateKey)).toEqual(members)
      expect((await Key.import(await jose.exportPKCS8(privateKey), { backend })).toPrivateJwk()).toEqual(members)
      const jwt = await signJwt({ sub: 'u' }, key)
      expect((await jose.jwtVerify(jwt, publicKey, { algorithms: [alg] })).payload).toMatchObject({ sub: 'u' })
    },
  )

  it.each(['sha256', 'sha384', 'sha512'] as const)('RFC 9278 §3: the %s thumbprint URIs agree', async (hash) => {
    const key = await Key.generate('ES256', { backend })
    expect(await key.thumbprintUri(hash)).toBe(await jose.calculateJwkThumbprintUri(key.toPublicJwk(), hash))
  })

  it.each([
    ['p256-v1.crt', 'ES256'],
    ['ed25519.crt', 'EdDSA'],
  ])('RFC 5280 §4.1: both find the same key in %s', async (file, alg) => {
    const key = await Key.import(fixture(file), { backend })
    const theirs = await jose.exportJWK(await jose.importX509(fixture(file), alg, { extractable: true }))
    expect(key.toPublicJwk()).toMatchObject(theirs)
  })

  it('RFC 7517 §6.2 jose signs with a CryptoKey of ours, and we with one of its own', async () => {
    const key = await Key.generate('PS256', { backend })
    const jwt = await new jose.SignJWT({ sub: 'u' }).setProtectedHeader({ alg: 'PS256' }).sign(await key.toCryptoKey())
    await jose.jwtVerify(jwt, await key.toCryptoKey({ half: 'public' }))
    const pair = await jose.generateKeyPair('ES384')
    const theirs = await Key.import(pair.privateKey, { backend })
    await jose.jwtVerify(await signJwt({ sub: 'u' }, theirs), pair.publicKey)
  })
})

describe('key sets', () => {
  it('RFC 7517 §5 jose finds the key in a set with certificates, encryption keys and kinds that it may not know', async () => {
    const signing = await Key.generate('ES256')
    const others = [
      await Key.import(fixture('p256-v1.crt'), { kid: 'certified' }),
      await Key.generate({ kty: 'OKP', crv: 'X25519' }, { use: 'enc', alg: 'ECDH-ES' }),
      await Key.generate('ES256K'),
      await Key.generate('Ed448'),
    ]
    const jwks = jose.createLocalJWKSet(new KeySet([...others, signing]).toPublicJwks() as jose.JSONWebKeySet)
    await jose.jwtVerify(await signJwt({ sub: 'u' }, signing), jwks)
  })

  it('OIDC Core §10.1.1 a verifier with the set of yesterday knows the key of today', async () => {
    let now = 1_800_000_000_000
    const keys = await RotatingKeys.open({ algorithms: ['ES256'], clock: () => now })
    const published = [keys.current.toPublicJwks()]
    await keys.rotate()
    published.push(keys.current.toPublicJwks())
    now += 86_400_000
    const jwt = await signJwt({ sub: 'u' }, keys)
    const verify = (jwks: unknown): Promise<unknown> =>
      jose.jwtVerify(jwt, jose.createLocalJWKSet(jwks as jose.JSONWebKeySet))
    await verify(published[1])
    await verify(keys.current.toPublicJwks())
    await expect(verify(published[0])).rejects.toMatchObject({ code: 'ERR_JWKS_NO_MATCHING_KEY' })
  })
})

const kinds: readonly KeyKind[] = [
  { kty: 'RSA' },
  ...(['P-256', 'P-384', 'P-521', 'secp256k1'] as const).map((crv) => ({ kty: 'EC', crv }) as const),
  ...(['Ed25519', 'Ed448', 'X25519', 'X448'] as const).map((crv) => ({ kty: 'OKP', crv }) as const),
]
const nameOf = (kind: KeyKind): string => ('crv' in kind ? kind.crv : kind.kty)
const named = kinds.map((kind) => [nameOf(kind), kind] as const)

/** Debian's python3-jwcrypto is for Debian's Python. */
const python = ['/usr/bin/python3', 'python3'].find((path) => run(path, ['-c', 'import jwcrypto']) !== undefined)
const jwcryptoScript = fileURLToPath(new URL('support/jwcrypto_keys.py', import.meta.url))

function askJwcrypto(request: object): Record<string, string> & { jwk: object } {
  return JSON.parse(run(python ?? '', [jwcryptoScript], JSON.stringify(request)) ?? 'null')
}

if (python === undefined)
  console.info('jwcrypto is not installed (apt-get install python3-jwcrypto): its tests are skipped')

describe.skipIf(python === undefined)('jwcrypto', () => {
  it.each(named)('%s: it reads our JWK, and we read all that it makes of it', async (_, kind) => {
    const key = await Key.generate(kind)
    const jwk = key.toPrivateJwk()
    const theirs = askJwcrypto({ jwk })
    expect(theirs).toMatchObject({ jwk, thumbprint: await key.thumbprint() })
    const { kid: _kid, ...members } = jwk
    expect((await Key.import(theirs['private'] ?? '')).toPrivateJwk()).toEqual(members)
    expect((await Key.import(theirs['encrypted'] ?? '', { password: 'correct' })).toPrivateJwk()).toEqual(members)
    const { kid: _publicKid, ...publicMembers } = key.toPublicJwk()
    expect((await Key.import(theirs['public'] ?? '')).toPublicJwk()).toEqual(publicMembers)
  })

  // Of the PEM of keys for agreement it knows none, not even its own.
  const signing = named.filter(([name]) => !name.startsWith('X'))

  it.each(signing)('%s: it reads the PEM that we write, also under a password', async (_, kind) => {
    const key = await Key.generate(kind)
    const { kid: _kid, ...members } = key.toPrivateJwk()
    expect(askJwcrypto({ pem: await key.toPrivatePem() }).jwk).toMatchObject(members)
    const pem = await key.toPrivatePem({ password: 'correct' })
    expect(askJwcrypto({ pem, password: 'correct' }).jwk).toMatchObject(members)
  })
})

const joserfc = ['python3', '/usr/bin/python3'].find((path) => run(path, ['-c', 'import joserfc']) !== undefined)

if (joserfc === undefined) console.info('joserfc is not installed (pip install joserfc): its tests are skipped')

describe.skipIf(joserfc === undefined)('joserfc', () => {
  const ask = (script: string, input: unknown): unknown => {
    const program = `import json, sys\nfrom joserfc import jwk\ninput = json.load(sys.stdin)\n${script}`
    return JSON.parse(run(joserfc ?? '', ['-c', program], JSON.stringify(input)) ?? 'null')
  }

  it.each(named)('%s: the thumbprints agree, and an OpenSSH key where there is one', async (_, kind) => {
    const key = await Key.generate(kind)
    const script = 'json.dump(jwk.import_key(input).thumbprint(), sys.stdout)'
    expect(ask(script, key.toPublicJwk())).toBe(await key.thumbprint())
  })

  it('RFC 5869 §2 derives the same Ed25519 key from the same salt and purpose', async () => {
    const salt = new TextEncoder().encode('joserfc:OKP:HKDF:Ed25519')
    const secret = 'a secret of more than sixteen bytes'
    const key = await Key.derive('Ed25519', new TextEncoder().encode(secret), { salt, info: '' })
    const script = 'json.dump(jwk.OKPKey.derive_key(input, "Ed25519").as_dict(private=True), sys.stdout)'
    const { kty, crv, x, d } = key.toPrivateJwk() as unknown as Record<string, string>
    expect(ask(script, secret)).toMatchObject({ kty, crv, x, d })
  })
})

const debianJose = run('jose', ['alg', '-k', 'sign']) !== undefined

if (!debianJose) console.info('the command jose is not installed (apt-get install jose): its tests are skipped')

describe.skipIf(!debianJose)('the command jose', () => {
  const known = named.filter(([name]) => name === 'RSA' || name.startsWith('P-') || name === 'secp256k1')

  it.each(known)('%s: thumbprint and public half agree', async (_, kind) => {
    const key = await Key.generate(kind)
    const jwk = JSON.stringify(key.toPrivateJwk())
    expect(run('jose', ['jwk', 'thp', '-a', 'S256', '-i', '-'], jwk)?.trim()).toBe(await key.thumbprint())
    expect(JSON.parse(run('jose', ['jwk', 'pub', '-i', '-', '-o', '-'], jwk) ?? '')).toMatchObject(key.toPublicJwk())
  })

  it.each(['ES256', 'RS256', 'HS256'])('%s: we read the key that it makes', async (alg) => {
    const jwk = JSON.parse(run('jose', ['jwk', 'gen', '-i', JSON.stringify({ alg }), '-o', '-']) ?? '')
    expect(await Key.import(jwk)).toMatchObject({ alg, isPrivate: true, keyOps: ['sign', 'verify'] })
  })
})

const hasOpenssl = run('openssl', ['version'])?.startsWith('OpenSSL 3') === true

if (!hasOpenssl) console.info('the command openssl is not OpenSSL 3: its tests are skipped')

describe.skipIf(!hasOpenssl)('the command openssl', () => {
  it.each(named)('%s: it reads every form that we write, and writes the same', async (name, kind) => {
    const key = await Key.generate(kind)
    const pem = await key.toPrivatePem()
    expect(run('openssl', ['pkey'], pem)).toBe(pem)
    expect(run('openssl', ['pkey', '-pubout'], pem)).toBe(await key.toPublicPem())
    const sealed = await key.toPrivatePem({ password: 'correct' })
    expect(run('openssl', ['pkey', '-passin', 'pass:correct'], sealed)).toBe(pem)
    expect(run('openssl', ['pkey', '-passin', 'pass:wrong'], sealed)).toBeUndefined()
    const form = kind.kty === 'RSA' ? 'pkcs1' : 'sec1'
    if (kind.kty !== 'OKP') expect(run('openssl', ['pkey'], await key.toPrivatePem({ form })), name).toBe(pem)
  })

  it.each(['-v2 aes-256-cbc -v2prf hmacWithSHA512', '-v2 aes-192-cbc -iter 1000', '-scrypt'])(
    'we open what it writes with %s',
    async (parameters) => {
      const key = await Key.generate('ES384')
      const sealed = run(
        'openssl',
        ['pkcs8', '-topk8', '-passout', 'pass:correct', ...parameters.split(' ')],
        await key.toPrivatePem(),
      )
      const opened = await Key.import(sealed ?? '', { password: 'correct' })
      expect(await opened.thumbprint()).toBe(await key.thumbprint())
    },
  )
})

const hasSsh = spawnSync('ssh-keygen', ['-?']).error === undefined

if (!hasSsh) console.info('ssh-keygen is not installed (apt-get install openssh-client): its tests are skipped')

describe.skipIf(!hasSsh)('ssh-keygen', () => {
  const known = named.filter(([name]) => ['RSA', 'P-256', 'P-384', 'P-521', 'Ed25519'].includes(name))

  it.each(known)('RFC 4253 §6.6 %s: it reads the line that we write', async (name, kind) => {
    const line = await (await Key.generate(kind)).toPublicSsh('somebody')
    expect(run('ssh-keygen', ['-l', '-f', written(`${name}.pub`, `${line}\n`)])).toContain('somebody')
  })

  it.each(known)('%s: it writes the line that we write, from the private key', async (name, kind) => {
    const key = await Key.generate(kind)
    if (name === 'Ed25519') return
    const path = written(name, await key.toPrivatePem())
    expect(run('ssh-keygen', ['-y', '-f', path])?.trim()).toBe(await key.toPublicSsh())
  })
})
