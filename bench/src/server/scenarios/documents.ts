import { expect, member, rawRequest, type Scenario } from '../scenario.ts'
import { issuer, paths } from '../subject.ts'

function documentScenario(
  name: 'jwks' | 'discovery',
  title: string,
  isRight: (document: unknown) => boolean,
): Scenario {
  return {
    name,
    title,
    contestants: { limit: 'limit/document', authwright: 'authwright', 'oidc-provider': 'oidc-provider' },
    goals: [{ contestant: 'authwright', against: 'limit', atLeast: 0.85 }],
    async prepare(origin) {
      const text = await (await fetch(new URL(paths[name], origin))).text()
      expect(isRight(JSON.parse(text)), 'answers with another document')
      expect(!/"(d|p|q|dp|dq|qi|k)":/.test(text), 'gives private keys away')
      return {}
    },
    steps: () => [{ request: rawRequest('GET', paths[name], {}), statuses: [200] }],
  }
}

export const jwks: Scenario = documentScenario('jwks', 'Key set', (document) => {
  const keys = member(document, 'keys')
  return Array.isArray(keys) && keys.length > 0
})

export const discovery: Scenario = documentScenario('discovery', 'Discovery document', (document) => {
  return member(document, 'issuer') === issuer
})
