import { describe, expect, it } from 'vitest'
import { basic, SECRET, TestServer } from '../../../test/support/authorization-server.ts'
import { rotateClientSecret } from './client-secret.ts'
import { defineClient } from './define-client.ts'
import type { Client } from './records.ts'

const NOW = 1_700_000_000
const clock = (): number => NOW * 1000
const GRANT = { grant_type: 'client_credentials' }

function define(more: Partial<Client> = {}): Promise<Client> {
  return defineClient({ client_id: 'web', client_secret: SECRET, grant_types: ['client_credentials'], ...more })
}

describe('two live secrets', () => {
  it('the new one and the one before, which ends when the overlap does', async () => {
    const { client, secret } = await rotateClientSecret(await define(), { overlap: '1d', clock })
    const test = new TestServer({ clients: [client] })
    const status = async (given: string): Promise<number> => (await test.token(GRANT, basic('web', given))).status
    expect([await status(secret), await status(SECRET)]).toEqual([200, 200])
    test.wait(86_400 - 1)
    expect([await status(secret), await status(SECRET)]).toEqual([200, 200])
    test.wait(1)
    expect([await status(secret), await status(SECRET)]).toEqual([200, 401])
  })

  it('never three', async () => {
    const first = await rotateClientSecret(await define(), { clock })
    const { client } = await rotateClientSecret(first.client, { clock })
    expect(client.client_secrets).toHaveLength(2)
    expect(client.client_secrets?.[1]?.hash).toBe(first.client.client_secrets?.[0]?.hash)
    expect(client.client_secrets?.[1]?.expires_at).toBe(NOW + 7 * 86_400)
  })

  it('only the new one with no overlap: when the old one leaked', async () => {
    const { client } = await rotateClientSecret(await define(), { overlap: 0, clock })
    expect(client.client_secrets).toHaveLength(1)
  })

  it('do not give the old one more time than it had', async () => {
    const { client } = await rotateClientSecret(await define(), { expiresIn: '1h', clock })
    const again = await rotateClientSecret(client, { overlap: '1d', clock })
    expect(client.client_secrets?.[0]?.expires_at).toBe(NOW + 3600)
    expect(again.client.client_secrets?.[1]?.expires_at).toBe(NOW + 3600)
  })

  it('leave out what has expired', async () => {
    const { client } = await rotateClientSecret(await define(), { expiresIn: 10, overlap: 0, clock })
    const later = await rotateClientSecret(client, { clock: () => (NOW + 10) * 1000 })
    expect(later.client.client_secrets).toHaveLength(1)
  })

  it('do not change the client that was given', async () => {
    const before = await define()
    const copy = structuredClone(before)
    await rotateClientSecret(before)
    expect(before).toEqual(copy)
  })
})

describe('what is kept of a secret', () => {
  it('is its hash, whoever chose it', async () => {
    const generated = await rotateClientSecret(await define(), { clock })
    expect(generated.secret).toMatch(/^[\w-]{64}$/)
    expect(JSON.stringify(generated.client)).not.toContain(generated.secret)
    const chosen = await rotateClientSecret(await define(), { secret: 'chosen by somebody', clock })
    expect(chosen.secret).toBe('chosen by somebody')
    expect(JSON.stringify(chosen.client)).not.toContain('chosen')
  })

  it('OIDC Core §9: is the secret itself for a client that computes with it, and for nobody else', async () => {
    const client = await define({ token_endpoint_auth_method: 'client_secret_jwt' })
    expect(client.client_secrets).toEqual([{ hash: expect.any(String), value: SECRET }])
    const rotated = await rotateClientSecret(client)
    expect(rotated.client.client_secrets?.map(({ value }) => value)).toEqual([rotated.secret, SECRET])
  })
})

describe('RFC 7518 §3.2 a secret that signs', () => {
  it.each([
    [undefined, 31, '"client_secret" must have at least 32 characters for "client_secret_jwt"'],
    ['HS384', 47, '"client_secret" must have at least 48 characters for "client_secret_jwt"'],
    ['HS512', 63, '"client_secret" must have at least 64 characters for "client_secret_jwt"'],
  ])('is as long as the signature of %s', async (algorithm, length, problem) => {
    const more = {
      token_endpoint_auth_method: 'client_secret_jwt',
      ...(algorithm === undefined ? {} : { token_endpoint_auth_signing_alg: algorithm }),
    }
    await expect(define({ ...more, ...{ client_secret: 'x'.repeat(length) } })).rejects.toThrow(`client: ${problem}`)
    await expect(define({ ...more, ...{ client_secret: 'x'.repeat(length + 1) } })).resolves.toBeDefined()
  })

  it('must be there', async () => {
    await expect(defineClient({ client_id: 'c', token_endpoint_auth_method: 'client_secret_jwt' })).rejects.toThrow(
      '"client_secret" is missing: "client_secret_jwt" computes with it',
    )
  })
})

describe('RFC 6749 §A.2 rotating a secret refuses', () => {
  it.each([
    [
      { token_endpoint_auth_method: 'none' },
      undefined,
      '"client_secret" must be absent with "token_endpoint_auth_method" "none"',
    ],
    [{}, 'wörd', '"client_secret" must be printable ASCII'],
    [{ token_endpoint_auth_method: 'client_secret_jwt' }, 'short', 'at least 32 characters'],
  ])('for %j the secret %j', async (more, secret, problem) => {
    const rotation = rotateClientSecret({ client_id: 'web', ...more }, secret === undefined ? {} : { secret })
    await expect(rotation).rejects.toThrow(problem)
  })
})
