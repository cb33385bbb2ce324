import { OAuth2Client } from 'authwright/oauth2/client'
import { choosePort } from '../first-login/listen.ts'
import { expect } from './expect.ts'
import { startProvider } from './provider.ts'

// #region guide

import { explain } from 'authwright/oidc/client'

/** For the log. The person is told that it did not work, and no more. */
export function describe(error: unknown): string {
  const { code, meaning, causes, fix } = explain(error)
  return [`${code}: ${meaning}`, ...causes.map((cause) => `- ${cause}`), fix].join('\n')
}
// #endregion

const { issuer, stop } = await startProvider({
  clients: [
    { client_id: 'job', client_secret: 'a-secret-of-at-least-32-characters', grant_types: ['client_credentials'] },
  ],
})
const nowhere = `http://127.0.0.1:${await choosePort(0)}`
const job = { clientId: 'job', clientSecret: 'wrong' }

const secret = await failure(() => new OAuth2Client({ ...job, issuer }).clientCredentials())
expect(secret.startsWith('token_refused:') && secret.includes('clientSecret'), 'a wrong secret')
const server = await failure(() => new OAuth2Client({ ...job, issuer: nowhere }).clientCredentials())
expect(server.startsWith('request_failed:'), 'a provider that is not there')
const options = await failure(() => new OAuth2Client({ ...job, clientId: '' }))
expect(options.startsWith('configuration:'), 'options that cannot work')

await stop()

async function failure(step: () => unknown): Promise<string> {
  try {
    await step()
    return ''
  } catch (error) {
    const description = describe(error)
    console.log(description.replaceAll(/^/gm, '      '))
    return description
  }
}
