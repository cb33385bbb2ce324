import { requireRefusal } from '../exchange.ts'
import { expect, rawRequest, type Scenario } from '../scenario.ts'
import { paths } from '../subject.ts'

/** The same route of an Express app with each guard, and with none. */
function guardScenario(
  name: string,
  title: string,
  contestants: Scenario['contestants'],
  goals: Scenario['goals'],
): Scenario {
  return {
    name,
    title,
    contestants,
    goals,
    async prepare(origin, context) {
      const { token = '', foreign = '', narrow = '', open } = context
      const ask = (asked: string): Promise<Response> =>
        fetch(new URL(paths.route, origin), { headers: { authorization: `Bearer ${asked}` } })
      const answer = await ask(token)
      expect(answer.status === 200 && (await answer.text()) === '{"orders":[]}', 'does not answer')
      if (open !== undefined) return context
      await requireRefusal(await ask(foreign), [401], 'a token that it did not give')
      await requireRefusal(await ask(narrow), [403], 'a token without the scope')
      return context
    },
    steps: ({ token }) => [
      { request: rawRequest('GET', paths.route, { authorization: `Bearer ${token}` }), statuses: [200] },
    ],
  }
}

export const jwtGuard: Scenario = guardScenario(
  'guard-jwt',
  'A route of Express for JWTs signed with ES256',
  {
    limit: 'guard/limit-jwt',
    'no guard': 'guard/none',
    authwright: 'guard/authwright-jwt',
    'authwright, cache': 'guard/authwright-cache',
    'express-oauth2-jwt-bearer': 'guard/express-oauth2-jwt-bearer',
  },
  [
    { contestant: 'authwright', against: 'limit', atLeast: 0.95 },
    { contestant: 'authwright, cache', against: 'no guard', atLeast: 0.85 },
  ],
)

export const storeGuard: Scenario = guardScenario(
  'guard-store',
  'A route of Express for opaque tokens of a store at hand',
  { limit: 'guard/limit-store', 'no guard': 'guard/none', authwright: 'guard/authwright-store' },
  [{ contestant: 'authwright', against: 'limit', atLeast: 0.95 }],
)
