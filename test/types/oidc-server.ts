/** What must and must not compile when a server becomes an OpenID provider. Checked by the compiler, never run. */
import {
  AuthorizationServer,
  type ClientStore,
  type ConsentStore,
  type ReplayStore,
  type SessionStore,
  type TokenStore,
} from '../../src/oauth2/server/index.ts'
import { Interactions, OpenIDConnect } from '../../src/oidc/server/index.ts'
import { MemoryStore } from '../../src/stores/memory.ts'

const issuer = 'https://op.example'
const pages = { secret: 's', authenticate: () => undefined }
declare const minimal: ClientStore & TokenStore
declare const withPages: ClientStore & TokenStore & SessionStore & ConsentStore & ReplayStore
declare const withoutReplay: ClientStore & TokenStore & SessionStore & ConsentStore

new AuthorizationServer({ issuer, store: new MemoryStore() })
  .registerExtension(OpenIDConnect, { claims: (subject) => ({ name: subject }) })
  .registerExtension(Interactions, pages)

// Identity needs no more than tokens do; pages need sessions, consents and handles that finish once.
new AuthorizationServer({ issuer, store: minimal }).registerExtension(OpenIDConnect, { claims: () => undefined })
new AuthorizationServer({ issuer, store: withPages }).registerExtension(Interactions, pages)
// @ts-expect-error: no sessions
new AuthorizationServer({ issuer, store: minimal }).registerExtension(Interactions, pages)
// @ts-expect-error: no replay markers
new AuthorizationServer({ issuer, store: withoutReplay }).registerExtension(new Interactions(pages))

// Options are those of the class.
// @ts-expect-error: whose claims?
new OpenIDConnect({})
// @ts-expect-error: no such variable
new Interactions({ ...pages, theme: { '--aw-colour': 'red' } })
// @ts-expect-error: no such text
new Interactions({ ...pages, messages: { signinTitle: 'Log in' } })
