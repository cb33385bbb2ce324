import type { Clock } from '../../../util/clock.ts'
import { ConfigurationError } from '../../../util/configuration-error.ts'
import { type Duration, toSeconds } from '../../../util/duration.ts'
import type { Logger } from '../../../util/logger.ts'
import { type SignatureRegistry, standardSignatureRegistry } from '../../algorithms/signatures.ts'
import type { KeyPlaceOptions } from '../../jwk/key.ts'
import type { AlgorithmName } from '../../jwk/types.ts'
import type { RotationSchedule } from './schedule.ts'
import type { RotatingKeyStore } from './storage.ts'

export interface RotatingKeysOptions extends KeyPlaceOptions {
  /** One line of keys for each, in the order of preference. */
  readonly algorithms: readonly AlgorithmName[]
  /** Where the keys are kept; by default in memory, for one process. */
  readonly store?: RotatingKeyStore
  /** Seals what is stored: the first seals, all of them open. At least 32 bytes each. */
  readonly secrets?: string | readonly string[]
  /** How long a key signs. Default 90 days. */
  readonly rotateEvery?: Duration
  /** How long a key is published before it signs: longer than anybody keeps the set. Default 1 day. */
  readonly publishBefore?: Duration
  /** How long a key is published after it has signed: longer than what it signs is good for. Default 7 days. */
  readonly retainFor?: Duration
  /** How long a process goes on without looking into the store. Default 5 minutes. */
  readonly refreshEvery?: Duration
  /** Size of RSA moduli, 2048 by default. */
  readonly modulusLength?: number
  readonly clock?: Clock
  readonly logger?: Logger
}

export interface RotationSettings extends RotationSchedule {
  readonly registry: SignatureRegistry
  readonly refreshEvery: number
}

/** @throws ConfigurationError */
export function readSettings(options: RotatingKeysOptions): RotationSettings {
  const settings = {
    algorithms: options.algorithms,
    registry: options.registry ?? standardSignatureRegistry(),
    rotateEvery: toSeconds(options.rotateEvery ?? '90d'),
    publishBefore: toSeconds(options.publishBefore ?? '1d'),
    retainFor: toSeconds(options.retainFor ?? '7d'),
    refreshEvery: toSeconds(options.refreshEvery ?? '5m'),
  }
  const problems = findProblems(settings)
  if (problems.length > 0) throw new ConfigurationError('RotatingKeys', problems)
  return settings
}

function findProblems({ algorithms, rotateEvery, publishBefore, refreshEvery, registry }: RotationSettings): string[] {
  const checks: readonly [isWrong: boolean, problem: string][] = [
    [algorithms.length === 0, '"algorithms" must name at least one'],
    [new Set(algorithms).size !== algorithms.length, '"algorithms" must name each once'],
    [
      algorithms.some((alg) => registry.algorithms[alg] === undefined),
      '"algorithms" must name registered signature algorithms',
    ],
    [publishBefore >= rotateEvery, '"publishBefore" must be shorter than "rotateEvery"'],
    [refreshEvery * 2 > publishBefore, '"refreshEvery" must be at most half of "publishBefore"'],
  ]
  return checks.filter(([isWrong]) => isWrong).map(([, problem]) => problem)
}
