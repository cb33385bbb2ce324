import { expect } from './expect.ts'
import { startProvider } from './provider.ts'

// #region guide

import { Key } from 'authwright/jose/jwk'
import { AutonomousClient, OAuth2Client, ServiceAccount } from 'authwright/oauth2/client'

export interface Server {
  issuer: string
  apiBaseUrl: string
}

/** A program that has a secret. */
export function createNightlyJob(server: Server, clientSecret: string): AutonomousClient {
  const client = new OAuth2Client({ ...server, clientId: 'nightly-job', clientSecret })
  return new AutonomousClient(client, () => client.clientCredentials({ scope: 'files' }))
}

/** A program that has a key, and signs who it is. */
export function createRobot({ issuer, apiBaseUrl }: Server, key: Key): ServiceAccount {
  const serverMetadataUrl = `${issuer}/.well-known/oauth-authorization-server`
  return new ServiceAccount({ issuer: 'https://robots.example/7', serverMetadataUrl, apiBaseUrl, key, scope: 'files' })
}
// #endregion

const key = await Key.generate('ES256')
const secret = 'a-secret-of-at-least-32-characters'
const provider = await startProvider({
  clients: [
    { client_id: 'nightly-job', client_secret: secret, grant_types: ['client_credentials'], scope: 'files' },
    {
      client_id: 'robots',
      token_endpoint_auth_method: 'none',
      grant_types: ['urn:ietf:params:oauth:grant-type:jwt-bearer'],
      scope: 'files',
    },
  ],
  assertionIssuers: [
    {
      issuer: 'https://robots.example/7',
      clientId: 'robots',
      keys: await Key.import(key.toPublicJwk()),
      subject: () => 'robot-7',
    },
  ],
})

const job = createNightlyJob(provider, secret)
const responses = await Promise.all([job.get('files'), job.get('files'), job.get('files')])
const [answer] = await Promise.all(responses.map((response) => response.json()))
expect(answer.of === 'nightly-job', `the job calls the API for itself: ${answer.files}`)
expect(provider.tokenRequests() === 1, 'three calls at once share one token')

const robot = createRobot(provider, key)
const { of } = await (await robot.get('files')).json()
expect(of === 'robot-7', 'the robot does so with an assertion that its key has signed')

await provider.stop()
