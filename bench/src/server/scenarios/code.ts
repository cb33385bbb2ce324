import { accessToken, authorize, redeem, requireRefusal } from '../exchange.ts'
import { expect, member, rawRequest, type Scenario, type Step } from '../scenario.ts'
import { basic, codeRedemption, codeRequest, openidScope, paths, scope, verifier } from '../subject.ts'

/** A flow is two requests: who is signed in comes back with a code, and the client redeems it. */
function steps(asked: string, cookie: string): readonly Step[] {
  const headers = cookie === '' ? {} : { cookie }
  return [
    { request: rawRequest('GET', `${paths.authorize}?${codeRequest(asked)}`, headers), statuses: [302, 303] },
    {
      request: (redirect) =>
        rawRequest('POST', paths.token, { authorization: basic() }, codeRedemption(codeIn(redirect))),
      statuses: [200],
    },
  ]
}

function codeIn(redirect: string): string {
  return /^location: [^\r]*[?&]code=([^&\r]+)/im.exec(redirect)?.[1] ?? ''
}

async function prepare(origin: string, asked: string, hasIdToken: boolean): Promise<Readonly<Record<string, string>>> {
  const cookies = new Map<string, string>()
  const first = await authorize(origin, asked, cookies)
  const answer = await redeem(origin, first.code)
  const tokens: unknown = await answer.clone().json()
  await accessToken(answer)
  expect((typeof member(tokens, 'id_token') === 'string') === hasIdToken, 'is wrong about the ID token')
  await requireRefusal(await redeem(origin, first.code), [400], 'a used code')
  const second = await authorize(origin, asked, cookies)
  await requireRefusal(await redeem(origin, second.code, `${verifier}x`), [400], 'a wrong verifier')
  return { cookie: (await authorize(origin, asked, cookies)).cookie }
}

export const codeWithIdToken: Scenario = {
  name: 'code-openid',
  title: 'Authorization code with PKCE, both requests, ID token signed with RS256',
  contestants: { limit: 'limit/code', authwright: 'authwright', 'oidc-provider': 'oidc-provider' },
  goals: [{ contestant: 'authwright', against: 'limit', atLeast: 0.75 }],
  prepare: (origin) => prepare(origin, openidScope, true),
  steps: ({ cookie = '' }) => steps(openidScope, cookie),
}

export const code: Scenario = {
  name: 'code',
  title: 'Authorization code with PKCE, both requests, opaque token',
  contestants: {
    limit: 'limit/code',
    authwright: 'authwright',
    'oidc-provider': 'oidc-provider',
    'node-oauth2-server': 'node-oauth2-server',
  },
  goals: [{ contestant: 'authwright', against: 'limit', atLeast: 0.4 }],
  prepare: (origin) => prepare(origin, scope, false),
  steps: ({ cookie = '' }) => steps(scope, cookie),
}
