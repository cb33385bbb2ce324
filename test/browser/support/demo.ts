import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defineClient } from 'authwright/oauth2/server'
import { openSqlite, SqliteStore } from 'authwright/stores/sqlite'
import { startApp } from '../../../examples/first-login/app.ts'
import { choosePort } from '../../../examples/first-login/listen.ts'
import { startProvider } from '../../../examples/first-login/provider.ts'
import { loadSecrets, type Secrets } from '../../../examples/first-login/secrets.ts'
import { people } from '../../../examples/first-login/users.ts'

export const [ada, alan] = people

/** The demo, as `npm run demo` starts it, on free ports and with a file of its own. */
export interface Demo {
  readonly app: string
  readonly provider: string
  /** The identifier of a client that says all there is to say about itself, and asks for everything. */
  readonly talkativeClient: TalkativeClient
  stop(): Promise<void>
}

export interface TalkativeClient {
  readonly id: string
  readonly redirectUri: string
  /** Where its logo is, which nobody serves. */
  readonly logo: string
}

/** The URL of an authorization request of the talkative client. */
export function authorizeUrl({ provider, talkativeClient }: Demo, parameters: Record<string, string> = {}): string {
  const query = {
    response_type: 'code',
    client_id: talkativeClient.id,
    redirect_uri: talkativeClient.redirectUri,
    scope: 'openid profile email address phone offline_access calendar:read',
    state: 'af0ifjsldkj',
    code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    code_challenge_method: 'S256',
    ...parameters,
  }
  return `${provider}/authorize?${new URLSearchParams(query)}`
}

/** Made once for all demos of a file: an RSA key takes its time. */
let secrets: Secrets | undefined

export async function startDemo(): Promise<Demo> {
  const folder = await mkdtemp(join(tmpdir(), 'authwright-browser-'))
  const data = join(folder, 'demo.db')
  const [port, appPort] = [await choosePort(0), await choosePort(0)]
  const [provider, app] = [`http://localhost:${port}`, `http://localhost:${appPort}`]
  secrets ??= await loadSecrets(data)
  const stopProvider = await startProvider({ port, appUrl: app, data, secrets })
  const stopApp = await startApp({ port: appPort, providerUrl: provider, secrets })
  const talkativeClient = await registerTalkativeClient(data)
  return {
    app,
    provider,
    talkativeClient,
    stop: async () => {
      await Promise.all([stopApp(), stopProvider()])
      await rm(folder, { recursive: true })
    },
  }
}

/** Its words are long, and try to be more than words. */
async function registerTalkativeClient(data: string): Promise<TalkativeClient> {
  const store = new SqliteStore(await openSqlite(data))
  const redirectUri = 'https://login.with-a-rather-long-name.talkative.example/oauth/callback'
  const logo = 'https://cdn.talkative.example/logo.svg'
  const client = await defineClient({
    client_id: 'talkative',
    token_endpoint_auth_method: 'none',
    client_name: 'Donaudampfschifffahrts­elektrizitätenhauptbetriebswerk <b>& Sons</b> عربي',
    logo_uri: logo,
    policy_uri: 'https://talkative.example/privacy',
    tos_uri: 'https://talkative.example/terms',
    redirect_uris: [redirectUri],
    grant_types: ['authorization_code', 'refresh_token'],
    scope: 'openid profile email address phone offline_access calendar:read',
  })
  store.saveClient(client)
  store.close()
  return { id: client.client_id, redirectUri, logo }
}
