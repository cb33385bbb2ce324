import { describe, expect, it } from 'vitest'
import { verifySecret } from '../../crypto/password.ts'
import { type ClientDefinition, defineClient } from './define-client.ts'

const WEB: ClientDefinition = { client_id: 'web', client_secret: 's3cret', redirect_uris: ['https://app.example/cb'] }
const PUBLIC: ClientDefinition = {
  client_id: 'spa',
  token_endpoint_auth_method: 'none',
  redirect_uris: ['https://spa.example/cb'],
}

describe('RFC 6749 §2 defining a client', () => {
  it('keeps the hash of its secret, never the secret', async () => {
    const client = await defineClient(WEB)
    expect(JSON.stringify(client)).not.toContain('s3cret')
    expect(client).toMatchObject({ client_id: 'web', redirect_uris: ['https://app.example/cb'] })
    expect(await verifySecret('s3cret', client.client_secrets?.[0]?.hash ?? '')).toBe(true)
  })

  it('leaves a public client without one', async () => {
    expect(await defineClient(PUBLIC)).toEqual(PUBLIC)
  })

  it.each<[ClientDefinition, string]>([
    [{ ...WEB, client_id: '' }, '"client_id" must be printable ASCII'],
    [{ ...WEB, client_id: 'wéb' }, '"client_id" must be printable ASCII'],
    [{ ...WEB, client_secret: '' }, '"client_secret" must be printable ASCII'],
    [{ ...PUBLIC, client_secret: 'x' }, '"client_secret" must be absent with "token_endpoint_auth_method" "none"'],
    [
      { client_id: 'web', redirect_uris: ['https://app.example/cb'] },
      '"client_secret" is missing; a public client says "token_endpoint_auth_method" "none"',
    ],
    [{ ...WEB, redirect_uris: ['https://app.example/#x'] }, 'each of "redirect_uris" must not have a fragment'],
  ])('refuses %j', async (definition, problem) => {
    await expect(defineClient(definition)).rejects.toThrow(`client: ${problem}`)
  })

  it('tells every problem at once', async () => {
    await expect(defineClient({ client_id: 'ü', scope: '"' })).rejects.toMatchObject({
      name: 'ConfigurationError',
      problems: { length: 4 },
    })
  })
})
