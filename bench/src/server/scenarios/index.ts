import type { Scenario } from '../scenario.ts'
import { code, codeWithIdToken } from './code.ts'
import { discovery, jwks } from './documents.ts'
import { jwtGuard, storeGuard } from './guard.ts'
import { introspection, userinfo } from './lookups.ts'
import { jwtToken, opaqueToken } from './token.ts'

export const scenarios: ReadonlyMap<string, Scenario> = new Map(
  [opaqueToken, jwtToken, codeWithIdToken, code, introspection, userinfo, jwks, discovery, jwtGuard, storeGuard].map(
    (scenario) => [scenario.name, scenario],
  ),
)

/** @throws Error where there is none of this name. */
export function findScenario(name: string | undefined): Scenario {
  const scenario = scenarios.get(name ?? '')
  if (scenario === undefined)
    throw new Error(`No scenario of this name. There are: ${[...scenarios.keys()].join(', ')}`)
  return scenario
}
