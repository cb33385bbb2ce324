import { expect, isCheck } from './expect.ts'
import { Person } from './person.ts'
import { ada, startProvider } from './provider.ts'

// #region guide

import { authorizeDevice, type DeviceAuthorization } from 'authwright/oauth2/client'
import { OpenIdClient, type OpenIdTokenSet } from 'authwright/oidc/client'

/** @param show puts the code on the screen of the device. */
export async function connect(issuer: string, show: (device: DeviceAuthorization) => void): Promise<OpenIdTokenSet> {
  const client = new OpenIdClient({ clientId: 'tv', issuer, scope: 'openid profile' })
  const device = await authorizeDevice(client)
  show(device)
  return device.poll() // until its owner has decided, elsewhere
}
// #endregion

const { issuer, stop } = await startProvider({
  clients: [
    {
      client_id: 'tv',
      client_name: 'Living Room',
      token_endpoint_auth_method: 'none',
      grant_types: ['urn:ietf:params:oauth:grant-type:device_code', 'refresh_token'],
      scope: 'openid profile',
    },
  ],
})

let owner: Promise<unknown> | undefined
const token = await connect(issuer, ({ verification_uri: uri, verification_uri_complete: link = uri, ...device }) => {
  console.log(`      Open ${uri} and enter ${device.user_code}.`)
  if (isCheck) owner = new Person().follow(link)
  else console.log(`      Sign in there as ${ada.username}, ${ada.password}.`)
})
await owner
expect(token.userinfo?.sub === 'user-1', 'once the owner has agreed, the device knows who that is')
expect(token.refresh_token !== undefined, 'and stays connected')

await stop()
