import { oauthServer } from 'authwright/node'
import {
  AuthorizationServer,
  DeviceAuthorizationEndpoint,
  DeviceCodeGrant,
  defineClient,
} from 'authwright/oauth2/server'
import { DevicePages } from 'authwright/oidc/server'
import { MemoryStore } from 'authwright/stores/memory'
import { listen } from '../../support/listen.ts'
import { ada, alan } from './demo.ts'

const GRANT = 'urn:ietf:params:oauth:grant-type:device_code'

/** What a device was told. */
export interface DeviceScreen {
  readonly device_code: string
  readonly user_code: string
  readonly verification_uri: string
  readonly verification_uri_complete: string
}

/** A television, and the provider to which it is to be connected. */
export interface LivingRoom {
  switchOn(): Promise<DeviceScreen>
  /** What the television is answered when it asks whether it may. */
  poll(screen: DeviceScreen): Promise<string>
  close(): Promise<void>
}

export async function furnish(): Promise<LivingRoom> {
  const television = await defineClient({
    client_id: 'television',
    client_name: 'Television in the Living Room',
    token_endpoint_auth_method: 'none',
    grant_types: [GRANT],
  })
  const people = [ada, alan]
  const { origin, close } = await listen((issuer) =>
    oauthServer(
      new AuthorizationServer({ issuer, store: new MemoryStore({ clients: [television] }) })
        .registerGrant(DeviceCodeGrant)
        .registerEndpoint(DeviceAuthorizationEndpoint)
        .registerExtension(DevicePages, {
          secret: 'a secret of the pages, long enough for the sealer',
          brand: { name: 'Demo Identity' },
          authenticate: ({ username, password }) => {
            const person = people.find((one) => one.username === username && one.password === password)
            return person && { subject: person.username, displayName: person.name }
          },
        }),
    ),
  )
  const post = async (path: string, form: Record<string, string>): Promise<Record<string, string>> => {
    const body = new URLSearchParams({ client_id: 'television', ...form })
    return (await fetch(`${origin}${path}`, { method: 'POST', body })).json()
  }
  return {
    switchOn: async () => {
      const answer: unknown = await post('/device_authorization', { scope: 'profile watch' })
      return answer as DeviceScreen
    },
    poll: async ({ device_code }) => {
      const { error = 'connected' } = await post('/token', { grant_type: GRANT, device_code })
      return error
    },
    close,
  }
}
