// What the compiler must know, and what it must refuse, about sessions. Checked by `tsc`; nothing here runs.
import { OAuth as ExpressOAuth, Sessions as ExpressSessions, type NodeRequest } from '../../src/adapters/express.ts'
import { OAuth as WebOAuth, Sessions as WebSessions } from '../../src/adapters/web.ts'
import { OAuth, type OpenIdTokenSet } from '../../src/oidc/client/index.ts'
import { loginOf, Sessions, sessionTokens } from '../../src/session/index.ts'
import { MemoryKeyValueStore } from '../../src/stores/memory.ts'

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const isTrue = <T extends true>(): T | undefined => undefined

interface Person {
  name: string
}

declare const request: Request
declare const nodeRequest: NodeRequest
declare const token: OpenIdTokenSet
const secret = 'secret'
const store = new MemoryKeyValueStore()

// Where something is kept in a store, there has to be one.
new Sessions<Person>({ secret })
new Sessions<Person>({ secret, store })
new Sessions<Person>({ secret, mode: 'split', store })
// @ts-expect-error the tokens have no place
new Sessions<Person>({ secret, mode: 'split' })
// @ts-expect-error the sessions have no place
new Sessions<Person>({ secret, mode: 'store' })

// The data are what they were said to be.
const web = new WebSessions<Person>({ secret })
await web.start(request, { data: { name: 'Ada' }, tokens: { google: token }, login: loginOf(token.userinfo) })
// @ts-expect-error a person has a name
await web.start(request, { data: { email: 'ada@example.com' } })
// @ts-expect-error so has a changed one
await web.update(request, { data: {} })
await web.update(request, { tokens: { google: undefined } })
const session = await web.read(request)
isTrue<Equal<NonNullable<typeof session>['data'], Person>>()
const response: Promise<Response> = web.wrap((_request, env: { readonly key: string }) => new Response(env.key))(
  request,
  {
    key: 'k',
  },
)

// The tokens of sessions are what registries ask for, each with the requests of its own.
const node = new ExpressSessions<Person>({ secret })
new ExpressOAuth({ secret, ...sessionTokens(node) })
new WebOAuth({ secret, ...sessionTokens(web) })
new OAuth({ secret, ...sessionTokens(new Sessions<Person>({ secret })) })
await node.fetchToken('google', nodeRequest)
// @ts-expect-error not a request of this framework
await node.fetchToken('google', request)

export { response }
