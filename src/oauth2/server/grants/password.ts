import type { HttpRequest } from '../../../http/request.ts'
import { isNonEmptyString } from '../../../util/assert.ts'
import type { Awaitable } from '../../../util/awaitable.ts'
import { ConfigurationError } from '../../../util/configuration-error.ts'
import { OAuth2Error } from '../../errors.ts'
import type { TokenContext } from '../context.ts'
import type { GrantDecision } from '../decisions.ts'
import type { TokenGrant } from '../grant.ts'
import { attemptOf } from '../rate-limit.ts'
import type { Client } from '../records.ts'
import { chooseTarget } from '../requested-resource.ts'
import { reduceScope } from '../requested-scope.ts'

/** Somebody tries a password through a client. */
export interface PasswordAttempt {
  readonly username: string
  readonly password: string
  readonly client: Client
  /** For whoever counts attempts by address. */
  readonly request: HttpRequest
}

export interface PasswordGrantOptions {
  /**
   * Finds out who it is; nothing where username and password do not belong together. It should take as long for a name
   * that does not exist as for a wrong password. Passwords can be guessed as fast as it answers, unless the server has a
   * `rateLimit`.
   *
   * @spec RFC 6749 §4.3.2
   */
  readonly authenticate: (attempt: PasswordAttempt) => Awaitable<{ readonly subject: string } | undefined>
}

/**
 * The resource owner password credentials grant. The client sees the password, and no second factor, consent or sign-in
 * elsewhere is possible: RFC 9700 forbids it. It is here for clients that cannot be changed.
 *
 * @example
 * import { PasswordGrant } from 'authwright/oauth2/server/password'
 * server.registerGrant(PasswordGrant, { authenticate: ({ username, password }) => users.verify(username, password) })
 * @spec RFC 6749 §4.3
 * @spec RFC 9700 §2.4
 */
export class PasswordGrant implements TokenGrant {
  readonly grantType = 'password'
  readonly parameters = ['username', 'password', 'scope'] as const
  readonly warning = 'the password grant shows passwords to clients, RFC 9700 forbids it'
  readonly #options: PasswordGrantOptions

  /** @throws ConfigurationError */
  constructor(options: PasswordGrantOptions) {
    if (typeof options?.authenticate !== 'function') {
      throw new ConfigurationError('PasswordGrant', ['"authenticate" must be a function that says whose a password is'])
    }
    this.#options = options
  }

  /** @spec RFC 6749 §4.3.2 */
  async grant(context: TokenContext): Promise<GrantDecision> {
    const { params, client, server, request, requestId } = context
    const username = required(params.get('username'), 'username')
    const password = required(params.get('password'), 'password')
    const scope = reduceScope(params.get('scope') ?? client.scope, client, server.scopes)
    const target = await chooseTarget(context, scope)
    const { client_id: clientId } = client
    await server.checkRateLimit({ kind: 'login', account: username, clientId, ...attemptOf(context) })
    const person = await this.#options.authenticate({ username, password, client, request })
    // Databases often answer null.
    if (!person) {
      server.emit('login.failed', { requestId })
      throw new OAuth2Error('invalid_grant', 'username and password do not belong together', {
        reason: 'password_wrong',
      })
    }
    if (!isNonEmptyString(person.subject))
      throw new TypeError('"subject" of who signed in must be a text that is not empty')
    return { subject: person.subject, ...target, refreshable: true, signedIn: false }
  }
}

function required(value: string | undefined, name: string): string {
  if (value !== undefined) return value
  throw new OAuth2Error('invalid_request', `${name} is missing`, { reason: 'password_parameter_missing' })
}
