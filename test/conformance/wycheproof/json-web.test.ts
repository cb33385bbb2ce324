import { rsa15 } from 'authwright/jose/algorithms/rsa1-5'
import { createJweRegistry, decryptCompact, decryptJson } from 'authwright/jose/jwe'
import { Key } from 'authwright/jose/jwk'
import { KeySet } from 'authwright/jose/jwks'
import { verifyCompact, verifyFlattened, verifyGeneral } from 'authwright/jose/jws'
import { describe, expect, it } from 'vitest'
import type { CryptoBackend } from '../../../src/crypto/backend.ts'
import { JoseError } from '../../../src/jose/errors.ts'
import type { Jwk, Jwks } from '../../../src/jose/jwk/types.ts'
import { backends } from '../../contracts/crypto-backend.ts'
import { hasWycheproof, readGroups, type Vector, type VectorGroup } from './vectors.ts'

type Verdict = 'valid' | 'invalid'

interface WycheproofTest extends Vector {
  readonly jws?: string | object
  readonly jwe?: string | object
  /** The plaintext in hex. */
  readonly pt?: string
}

interface WycheproofGroup extends VectorGroup<WycheproofTest> {
  readonly public?: Jwk | Jwks
  readonly private: Jwk | Jwks
}

/** Where we judge otherwise, by the comments of group and test. */
const deviations: Readonly<Record<string, readonly [verdict: Verdict, why: string]>> = {
  'rfc7520 Figure20': ['invalid', 'the key says PS256, the token PS384: RFC 7517 §4.4'],
  'rfc7520WithKeyOps Figure20': ['invalid', 'the key says PS256, the token PS384: RFC 7517 §4.4'],
  'rfc7520 Figure27': ['invalid', 'the key says ES521, which is no registered algorithm'],
  'rfc7520WithKeyOps Figure27': ['invalid', 'the key says ES521, which is no registered algorithm'],
  'base64 invalidBase64Padding': ['valid', 'no padding came to be in it: it is the token of ValidMac'],
  'base64 invalidBase64PaddingInPayload': ['valid', 'no padding came to be in it: it is the token of ValidMac'],
  'base64 InvalidCharacterInsertedInHeader': ['invalid', 'a "?" is not base64url: RFC 7515 §2'],
  'base64 InvalidCharacterInsertedInPayload': ['invalid', 'a "?" is not base64url: RFC 7515 §2'],
  'jws_mixedSymmetryKeyset rejectsValid': [
    'valid',
    'secrets and key pairs may share a set: the type of a key pins its use',
  ],
  'jws_rsa_roca_key rejectsKeyWithRocaVulnerability': [
    'valid',
    'CVE-2017-15361: weak keys of good length are not recognized',
  ],
}

/** RSA1_5 is beyond WebCrypto: there each of its tokens is refused. */
function expected(group: WycheproofGroup, test: WycheproofTest, backend: CryptoBackend): Verdict {
  if ('alg' in group.private && group.private['alg'] === 'RSA1_5' && backend.name === 'web') return 'invalid'
  const [verdict] = deviations[`${group.comment} ${test.comment}`] ?? []
  return verdict ?? (test.result === 'valid' ? 'valid' : 'invalid')
}

const registry = createJweRegistry(rsa15)

async function importKeys(keys: WycheproofGroup['private'], backend: CryptoBackend): Promise<Key | KeySet> {
  return 'keys' in keys ? KeySet.import(keys as Jwks, { backend }) : Key.import(keys as Jwk, { backend })
}

/** JSON goes to the functions for JSON, unless the test is about who expects the compact form only. */
async function verify({ jws, comment }: WycheproofTest, keys: Key | KeySet): Promise<void> {
  if (typeof jws === 'string' || comment.startsWith('rejects')) await verifyCompact(jws as string, keys)
  else if (jws !== undefined && 'signatures' in jws) await verifyGeneral(jws as never, keys)
  else await verifyFlattened(jws as never, keys)
}

async function decrypt({ jwe, comment, pt, flags }: WycheproofTest, keys: Key | KeySet): Promise<void> {
  const options = { registry, allowCompression: flags.includes('CompressedPlaintext') }
  const isCompact = typeof jwe === 'string' || comment.startsWith('rejects')
  const { plaintext } = isCompact
    ? await decryptCompact(jwe as string, keys, options)
    : await decryptJson(jwe as never, keys, options)
  if (pt !== undefined) expect(Buffer.from(plaintext).toString('hex')).toBe(pt)
}

/** What we make of a vector; anything but a `JoseError` fails the test. */
async function judge(group: WycheproofGroup, test: WycheproofTest, backend: CryptoBackend): Promise<Verdict> {
  try {
    if (test.jws !== undefined) await verify(test, await importKeys(group.public ?? group.private, backend))
    else await decrypt(test, await importKeys(group.private, backend))
    return 'valid'
  } catch (error) {
    if (error instanceof JoseError) return 'invalid'
    throw error
  }
}

describe.runIf(hasWycheproof).each(backends)('Wycheproof on $name', (backend) => {
  it.each([
    'json_web_signature_test.json',
    'json_web_encryption_test.json',
    'json_web_key_test.json',
    'json_web_crypto_test.json',
  ])('%s', async (file) => {
    const groups = readGroups<WycheproofGroup>(file)
    const judged = await Promise.all(
      groups.flatMap((group) =>
        group.tests.map(async (test) => {
          const name = `${test.tcId} ${group.comment} ${test.comment}`
          return { ours: [name, await judge(group, test, backend)], theirs: [name, expected(group, test, backend)] }
        }),
      ),
    )
    expect(judged.length).toBeGreaterThan(20)
    expect(judged.map(({ ours }) => ours)).toEqual(judged.map(({ theirs }) => theirs))
  })
})
