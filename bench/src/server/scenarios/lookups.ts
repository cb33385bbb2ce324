import { accessToken, authorize, clientCredentials, post, redeem, requireRefusal } from '../exchange.ts'
import { expect, member, rawRequest, type Scenario } from '../scenario.ts'
import { basic, clientSecret, openidScope, paths, person } from '../subject.ts'

export const introspection: Scenario = {
  name: 'introspection',
  title: 'Introspection of an opaque token',
  contestants: { limit: 'limit/introspection', authwright: 'authwright', 'oidc-provider': 'oidc-provider' },
  goals: [{ contestant: 'authwright', against: 'limit', atLeast: 0.5 }],
  async prepare(origin, { token: given }) {
    const token = given ?? (await accessToken(await post(origin, paths.token, clientCredentials)))
    const isActive = async (asked: string): Promise<unknown> =>
      member(await (await post(origin, paths.introspect, `token=${asked}`)).json(), 'active')
    expect((await isActive(token)) === true, 'does not know its token')
    expect((await isActive(`${token}x`)) === false, 'takes a wrong token for good')
    await requireRefusal(
      await post(origin, paths.introspect, `token=${token}`, `${clientSecret}x`),
      [401],
      'a wrong secret',
    )
    return { token }
  },
  steps: ({ token }) => [
    { request: rawRequest('POST', paths.introspect, { authorization: basic() }, `token=${token}`), statuses: [200] },
  ],
}

export const userinfo: Scenario = {
  name: 'userinfo',
  title: 'Userinfo, opaque token',
  contestants: { limit: 'limit/userinfo', authwright: 'authwright', 'oidc-provider': 'oidc-provider' },
  goals: [{ contestant: 'authwright', against: 'limit', atLeast: 0.5 }],
  async prepare(origin, { token: given }) {
    const token = given ?? (await accessToken(await redeem(origin, (await authorize(origin, openidScope)).code)))
    const ask = (asked: string): Promise<Response> =>
      fetch(new URL(paths.userinfo, origin), { headers: { authorization: `Bearer ${asked}` } })
    const claims: unknown = await (await ask(token)).json()
    expect(member(claims, 'sub') === person.sub && member(claims, 'email') === person.email, 'does not know the person')
    await requireRefusal(await ask(`${token}x`), [401], 'a wrong token')
    return { token }
  },
  steps: ({ token }) => [
    { request: rawRequest('GET', paths.userinfo, { authorization: `Bearer ${token}` }), statuses: [200] },
  ],
}
