import { expect, it } from 'vitest'
import { basic, body } from '../../../../test/support/authorization-server.ts'
import { APPLICATION, RegistrationServer } from '../../../../test/support/client-registration.ts'
import { findAccessToken } from '../tokens/find-access-token.ts'

it.each(['revokeAll', 'deleteClient'] as const)(
  'RFC 7592 §2.3 a deletion can be asked for again where %s of the store failed',
  async (verb) => {
    const test = new RegistrationServer({ registration: { grantTypes: ['authorization_code', 'client_credentials'] } })
    const grant_types = ['authorization_code', 'client_credentials']
    const { id, secret, path, token } = await test.registered({ ...APPLICATION, grant_types })
    const issued = body(await test.token({ grant_type: 'client_credentials' }, basic(id, secret)))
    const { [verb]: works } = test.store
    Object.assign(test.store, { [verb]: () => Promise.reject(new Error('the database is away')) })
    expect((await test.send('DELETE', path, token)).status).toBe(500)
    Object.assign(test.store, { [verb]: works })
    expect((await test.send('DELETE', path, token)).status).toBe(204)
    const context = { server: test.server, store: test.store, now: test.time / 1000 }
    expect(await findAccessToken(context, issued['access_token'] ?? '')).toBeUndefined()
  },
)

it('RFC 7592 §2.3 a deletion ends what the client was given meanwhile', async () => {
  const test = new RegistrationServer({ registration: { grantTypes: ['authorization_code', 'client_credentials'] } })
  const grant_types = ['authorization_code', 'client_credentials']
  const { id, secret, path, token } = await test.registered({ ...APPLICATION, grant_types })
  const { deleteClient } = test.store
  let late = ''
  Object.assign(test.store, {
    deleteClient: async (clientId: string) => {
      late = body(await test.token({ grant_type: 'client_credentials' }, basic(id, secret)))['access_token'] ?? ''
      return deleteClient(clientId)
    },
  })
  expect((await test.send('DELETE', path, token)).status).toBe(204)
  expect(late).not.toBe('')
  const context = { server: test.server, store: test.store, now: test.time / 1000 }
  expect(await findAccessToken(context, late)).toBeUndefined()
})
