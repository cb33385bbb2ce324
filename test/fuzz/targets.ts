import {
  decryptCompact,
  decryptJson,
  encryptCompact,
  encryptFlattened,
  generateEncryptionKey,
} from '../../src/jose/jwe/index.ts'
import { Key } from '../../src/jose/jwk/index.ts'
import { KeySet } from '../../src/jose/jwks/index.ts'
import {
  parseUnverifiedCompact,
  parseUnverifiedJson,
  signCompact,
  signFlattened,
  signGeneral,
  verifyCompact,
} from '../../src/jose/jws/index.ts'
import { parseUnverifiedJwt, signJwt, verifyJwt } from '../../src/jose/jwt/index.ts'
import { issueSdJwt, presentSdJwt, sdJwtFromJson, sdJwtToJson, selective } from '../../src/jose/sd-jwt/index.ts'

/** One door for what strangers send. */
export interface Target {
  readonly name: string
  /** What it takes, from which the rest is made. */
  readonly seeds: readonly string[]
  /** How many times as often as the slowest targets it is tried. */
  readonly weight: number
  run(input: string): unknown
}

const fromLatin1 = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0) & 0xff)
const toLatin1 = (bytes: Uint8Array): string => String.fromCharCode(...bytes)

export async function makeTargets(): Promise<readonly Target[]> {
  const [secret, ec, rsa] = [await Key.generate('HS256'), await Key.generate('ES256'), await Key.generate('RS256')]
  const ed = await Key.generate('Ed25519')
  const claims = { iss: 'https://op.example', aud: ['a', 'b'], exp: 4_000_000_000, ünï: { list: [1, null, 'x'] } }
  const jwt = await signJwt(claims, secret)
  return [
    ...(await signatureTargets(secret, ec, jwt)),
    ...(await sdJwtTargets(ec)),
    ...(await encryptionTargets()),
    ...(await keyTargets([ec, rsa, ed], secret)),
  ]
}

async function signatureTargets(secret: Key, ec: Key, jwt: string): Promise<readonly Target[]> {
  const compact = [
    jwt,
    await signCompact('hello', secret, { unencoded: true }),
    await signCompact('', ec, { header: { x: 1 }, critical: ['x'] }),
  ]
  const json = [
    await signFlattened('hello', secret, { unprotectedHeader: { kid: 'k' } }),
    await signFlattened('hello', secret, { unencoded: true }),
    await signGeneral('hello', [{ key: secret }, { key: ec }]),
  ].map((jws) => JSON.stringify(jws))
  return [
    {
      name: 'compact JWS',
      seeds: compact,
      weight: 40,
      run: (input) => parseUnverifiedCompact(input).readUnverifiedPayload(),
    },
    { name: 'JWT', seeds: [jwt], weight: 40, run: (input) => parseUnverifiedJwt(input) },
    { name: 'JSON JWS', seeds: json, weight: 40, run: (input) => parseUnverifiedJson(input) },
    {
      name: 'verifyCompact',
      seeds: compact,
      weight: 10,
      run: (input) => verifyCompact(input, new KeySet([secret, ec]), { critical: ['x'] }),
    },
    {
      // Claims that were signed, so that what is behind the signature is reached.
      name: 'claims',
      seeds: ['{"iss":"i","aud":["a"],"exp":4000000000,"nbf":1,"iat":1700000000,"jti":"x","sub":"y"}'],
      weight: 10,
      run: async (input) => verifyJwt(await signCompact(input, secret), secret, { audience: 'a', maxAge: '9000w' }),
    },
  ]
}

async function sdJwtTargets(ec: Key): Promise<readonly Target[]> {
  const sdJwt = await issueSdJwt(
    { sub: 'u', email: selective('x'), list: [selective(1), { a: selective({ b: selective(2) }) }] },
    ec,
    { holderKey: ec },
  )
  const presented = await presentSdJwt(sdJwt, {
    disclose: [['email']],
    keyBinding: { key: ec, audience: 'a', nonce: 'n' },
  })
  return [
    { name: 'SD-JWT', seeds: [sdJwt], weight: 10, run: (input) => presentSdJwt(input, { disclose: [['email']] }) },
    {
      name: 'SD-JWT in JSON',
      seeds: [JSON.stringify(sdJwtToJson(sdJwt)), JSON.stringify(sdJwtToJson(presented))],
      weight: 20,
      run: (input) => sdJwtFromJson(input),
    },
  ]
}

async function encryptionTargets(): Promise<readonly Target[]> {
  const direct = await generateEncryptionKey('dir', { enc: 'A128GCM' })
  const wrap = await generateEncryptionKey('A128KW')
  const agreed = await generateEncryptionKey('ECDH-ES')
  const options = { algorithms: ['dir', 'A128KW', 'ECDH-ES'], allowCompression: true }
  const keys = [direct, wrap, agreed]
  const compact = await Promise.all([
    encryptCompact('hello', direct, { enc: 'A128GCM' }),
    encryptCompact('hello', wrap, { enc: 'A128CBC-HS256' }),
    encryptCompact('hello', agreed, { enc: 'A256GCM' }),
  ])
  const json = await Promise.all(
    keys.slice(1).map(async (key) => JSON.stringify(await encryptFlattened('hello', key, { enc: 'A128GCM' }))),
  )
  const seeds = (index: number): string => compact[index] ?? ''
  return [
    ...keys.map((key, index) => ({
      name: `compact JWE ${key.alg ?? index}`,
      seeds: [seeds(index)],
      weight: 4,
      run: (input: string) => decryptCompact(input, key, options),
    })),
    { name: 'JSON JWE', seeds: json, weight: 4, run: (input: string) => decryptJson(input, new KeySet(keys), options) },
  ]
}

async function keyTargets(pairs: readonly Key[], secret: Key): Promise<readonly Target[]> {
  const jwks = [...pairs, secret].flatMap((key) => [
    JSON.stringify(key.toPrivateJwk()),
    ...(key === secret ? [] : [JSON.stringify(key.toPublicJwk())]),
  ])
  const pem = (await Promise.all(pairs.map((key) => Promise.all([key.toPublicPem(), key.toPrivatePem()])))).flat()
  const ssh = await Promise.all(pairs.map((key) => key.toPublicSsh()))
  const der = (await Promise.all(pairs.map((key) => Promise.all([key.toPublicDer(), key.toPrivateDer()])))).flat()
  const set = JSON.stringify(new KeySet(pairs).toPublicJwks())
  return [
    { name: 'JWK', seeds: jwks, weight: 1, run: (input) => parsed(input, (jwk) => Key.import(jwk as JsonWebKey)) },
    { name: 'JWK Set', seeds: [set], weight: 1, run: (input) => parsed(input, (jwks) => KeySet.import(jwks as [])) },
    { name: 'PEM and OpenSSH', seeds: [...pem, ...ssh], weight: 1, run: (input) => Key.import(input) },
    {
      name: 'DER',
      seeds: der.map(toLatin1),
      weight: 1,
      run: (input) => Key.import(fromLatin1(input), { format: 'der' }),
    },
  ]
}

/** JSON is parsed by whoever received it; what is no JSON never gets here. */
function parsed(text: string, run: (value: unknown) => unknown): unknown {
  try {
    return run(JSON.parse(text))
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}
