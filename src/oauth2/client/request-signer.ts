import type { Clock } from '../../util/clock.ts'
import type { WireParameters } from './wire-parameters.ts'

/** Who signs an authorization request, and for whom. */
export interface RequestSigningContext {
  readonly clientId: string
  readonly issuer: string | undefined
  readonly clock: Clock
}

/** Puts the parameters of an authorization request into a token that nobody can change. `RequestObjects` is one. */
export interface RequestSigner {
  sign(parameters: WireParameters, context: RequestSigningContext): Promise<string>
}
