import { accessToken, clientCredentials, post, requireRefusal } from '../exchange.ts'
import { expect, rawRequest, type Scenario } from '../scenario.ts'
import { basic, clientSecret, paths } from '../subject.ts'

type Format = 'opaque' | 'jwt'

function clientCredentialsScenario(format: Format, description: string, goals: Scenario['goals']): Scenario {
  return {
    name: `token-${format}`,
    title: `Client credentials, ${description}`,
    contestants: {
      limit: 'limit/token',
      authwright: 'authwright',
      'oidc-provider': 'oidc-provider',
      'node-oauth2-server': 'node-oauth2-server',
    },
    goals,
    async prepare(origin) {
      const token = await accessToken(await post(origin, paths.token, clientCredentials))
      expect((token.split('.').length === 3) === (format === 'jwt'), 'answers with a token of another kind')
      await requireRefusal(
        await post(origin, paths.token, clientCredentials, `${clientSecret}x`),
        [401],
        'a wrong secret',
      )
      return {}
    },
    steps: () => [
      { request: rawRequest('POST', paths.token, { authorization: basic() }, clientCredentials), statuses: [200] },
    ],
  }
}

export const opaqueToken: Scenario = clientCredentialsScenario('opaque', 'opaque token', [
  { contestant: 'authwright', against: 'limit', atLeast: 0.55 },
  { contestant: 'authwright', against: 'oidc-provider', atLeast: 3 },
])

export const jwtToken: Scenario = clientCredentialsScenario('jwt', 'JWT signed with ES256', [
  { contestant: 'authwright', against: 'limit', atLeast: 0.75 },
])
