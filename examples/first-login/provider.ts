import { oauthServer } from 'authwright/node'
import {
  AuthorizationCodeGrant,
  AuthorizationServer,
  defineClient,
  RefreshTokenGrant,
  RevocationEndpoint,
} from 'authwright/oauth2/server'
import { Interactions, OpenIDConnect } from 'authwright/oidc/server'
import { openSqlite, SqliteStore } from 'authwright/stores/sqlite'
import { listen, type Stop } from './listen.ts'
import type { Secrets } from './secrets.ts'
import { Users } from './users.ts'

export interface ProviderOptions {
  port: number
  /** Where the app is that people sign in to. */
  appUrl: string
  /** The SQLite file. */
  data: string
  secrets: Secrets
}

/** An OpenID provider: it knows people, signs them in and tells apps who they are. */
export async function startProvider({ port, appUrl, data, secrets }: ProviderOptions): Promise<Stop> {
  const store = new SqliteStore(await openSqlite(data))
  const database = await openSqlite(data)
  const users = new Users(database)

  store.saveClient(
    await defineClient({
      client_id: 'first-login-app',
      client_secret: secrets.clientSecret,
      client_name: 'First Login',
      client_uri: appUrl,
      redirect_uris: [`${appUrl}/callback`],
      post_logout_redirect_uris: [`${appUrl}/signed-out`],
      grant_types: ['authorization_code', 'refresh_token'],
      scope: 'openid profile email',
    }),
  )

  const server = new AuthorizationServer({ issuer: `http://localhost:${port}`, store, keys: secrets.keys })
    .registerGrant(AuthorizationCodeGrant)
    .registerGrant(RefreshTokenGrant)
    .registerEndpoint(RevocationEndpoint)
    .registerExtension(OpenIDConnect, { claims: (subject) => users.claims(subject) })
    .registerExtension(Interactions, {
      secret: secrets.pages,
      brand: { name: 'Demo Identity' },
      authenticate: ({ username, password }) => {
        const user = users.verify(username, password)
        return user && { subject: user.subject, displayName: user.name, amr: ['pwd'] }
      },
    })

  const stop = await listen(oauthServer(server), port)
  // What has expired is invisible at once; this gives back its room.
  const sweeper = setInterval(() => store.sweep(1000), 60_000).unref()
  return async () => {
    clearInterval(sweeper)
    await stop()
    store.close()
    database.close()
  }
}
