import { type BasicCredentials, parseBasic } from '../../../http/basic.ts'
import { HttpError } from '../../../http/errors.ts'
import type { HttpRequest } from '../../../http/request.ts'
import { OAuth2Error } from '../../errors.ts'
import type { ClientAuthContext, ClientAuthMethod } from '../client-auth.ts'
import type { Client } from '../records.ts'
import { SecretVerifier } from './secret-verifier.ts'

const CHALLENGE = 'Basic realm="oauth", charset="UTF-8"'

/** Client id and secret in the `Authorization` header, both form-encoded before Basic. @spec RFC 6749 §2.3.1 */
export class ClientSecretBasic implements ClientAuthMethod {
  readonly name = 'client_secret_basic'
  readonly challenge: string = CHALLENGE
  readonly #secrets: SecretVerifier
  /** What `identify` has read, for the `verify` of the same request: nearly always the next thing that is asked. */
  #read: { readonly request: HttpRequest; readonly credentials: BasicCredentials } | undefined

  constructor(secrets: SecretVerifier = new SecretVerifier()) {
    this.#secrets = secrets
  }

  identify(context: ClientAuthContext): string | undefined {
    const credentials = readCredentials(context)
    this.#read = credentials && { request: context.request, credentials }
    return credentials?.username
  }

  verify(client: Client, context: ClientAuthContext): Promise<boolean> {
    const read = this.#read
    // A secret that was asked about is not kept; one that never was gives way to the next.
    this.#read = undefined
    const credentials = read?.request === context.request ? read.credentials : readCredentials(context)
    return this.#secrets.verify(client, credentials?.password ?? '', context)
  }
}

/** Credentials that cannot be read are a failed authentication like any other, never a failure of the server. */
function readCredentials({ request }: ClientAuthContext): BasicCredentials | undefined {
  const header = request.header('authorization')
  if (header === undefined || !/^basic(?: |$)/i.test(header)) return undefined
  try {
    return parseBasic(header)
  } catch (error) {
    if (!(error instanceof HttpError)) throw error
    throw new OAuth2Error('invalid_client', 'Authorization header does not hold Basic credentials in UTF-8', {
      challenge: CHALLENGE,
      reason: 'client_credentials_malformed',
    })
  }
}
