import { execFileSync, spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { Key } from 'authwright/jose/jwk'
import {
  signCompact,
  signFlattened,
  signGeneral,
  verifyCompact,
  verifyFlattened,
  verifyGeneral,
} from 'authwright/jose/jws'
import { beforeAll, describe, expect, it } from 'vitest'

const content = 'Ünïcode, 10 €.'
const text = (payload: Uint8Array | undefined): string => new TextDecoder().decode(payload)

const rsaAlgorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512']
const algorithms = [
  ...['HS256', 'HS384', 'HS512', ...rsaAlgorithms],
  ...['ES256', 'ES384', 'ES512', 'ES256K', 'EdDSA', 'Ed25519', 'Ed448'],
]

type Job = { readonly do: 'sign' | 'verify'; readonly [member: string]: unknown }
type Result = { readonly value?: unknown; readonly error?: string }

const python = ['python3', '/usr/bin/python3'].find((path) => spawnSync(path, ['-c', 'import joserfc']).status === 0)
if (python === undefined) console.info('joserfc is not installed (pip install joserfc): its tests are skipped')

function joserfc(jobs: readonly Job[]): readonly unknown[] {
  const script = fileURLToPath(new URL('support/joserfc_jws.py', import.meta.url))
  const output = execFileSync(python ?? '', [script], { input: JSON.stringify(jobs), encoding: 'utf8' })
  const results: readonly Result[] = JSON.parse(output)
  return results.map(({ value, error }, index) => value ?? expect.fail(`${JSON.stringify(jobs[index])}: ${error}`))
}

describe.skipIf(python === undefined)('RFC 7515 §7.1, §7.2 with joserfc', () => {
  let keys: readonly Key[] = []

  beforeAll(async () => {
    const { alg: _, ...rsa } = (await Key.generate('RS256')).toPrivateJwk()
    keys = await Promise.all(
      algorithms.map((alg) => (rsaAlgorithms.includes(alg) ? Key.import({ ...rsa, alg }) : Key.generate(alg))),
    )
  })

  /** The key as a JWK and, where there is such a thing, as PEM. */
  async function written(key: Key, half: 'public' | 'private'): Promise<readonly Readonly<Record<string, unknown>>[]> {
    const jwk = half === 'private' || key.kty === 'oct' ? key.toPrivateJwk() : key.toPublicJwk()
    if (key.kty === 'oct') return [{ key: jwk }]
    return [{ key: jwk }, { key: jwk, pem: half === 'public' ? await key.toPublicPem() : await key.toPrivatePem() }]
  }

  it('it verifies what we sign', async () => {
    const jobs: Job[] = []
    for (const key of keys) {
      for (const shared of await written(key, 'public')) {
        jobs.push({ ...shared, do: 'verify', jws: await signCompact(content, key) })
        jobs.push({ ...shared, do: 'verify', jws: await signFlattened(content, key) })
        jobs.push({ ...shared, do: 'verify', jws: await signGeneral(content, [{ key }, { key }]) })
      }
    }
    expect(joserfc(jobs)).toEqual(jobs.map(() => content))
  })

  it('we verify what it signs', async () => {
    const cases: { readonly key: Key; readonly job: Job }[] = []
    for (const key of keys) {
      for (const shared of await written(key, 'private')) {
        const job = { ...shared, do: 'sign', payload: content, protected: { alg: key.alg } } as const
        cases.push(...['compact', 'flattened', 'general'].map((form) => ({ key, job: { ...job, form } })))
      }
    }
    const results = joserfc(cases.map(({ job }) => job))
    for (const [index, { key, job }] of cases.entries()) {
      const jws = results[index]
      if (job['form'] === 'compact') expect(text((await verifyCompact(String(jws), key)).payload)).toBe(content)
      else if (job['form'] === 'general')
        expect((await verifyGeneral(JSON.stringify(jws), key)).signatures).toHaveLength(2)
      else expect(text((await verifyFlattened(JSON.stringify(jws), key)).payload)).toBe(content)
    }
  })
})
