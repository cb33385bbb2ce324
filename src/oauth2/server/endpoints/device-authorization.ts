import { NO_STORE } from '../../../http/cache-control.ts'
import { type HttpResponse, json } from '../../../http/response.ts'
import { isHttpsOrLoopback, parseUrl } from '../../../http/url.ts'
import { ConfigurationError } from '../../../util/configuration-error.ts'
import { type Duration, isDuration, toSeconds } from '../../../util/duration.ts'
import { OAuth2Error } from '../../errors.ts'
import type { ServerMetadata } from '../../server-metadata.ts'
import { allowsGrantType } from '../client-rules.ts'
import type { RequestContext } from '../context.ts'
import { createDeviceCode, DEVICE_CODE_GRANT } from '../device/device-code.ts'
import { createUserCode, formatUserCode, type UserCodeKind, userCodeId } from '../device/user-code.ts'
import type { Endpoint } from '../endpoint.ts'
import type { DeviceCodeRecord } from '../records.ts'
import { findRequestedResources, limitScope } from '../requested-resource.ts'
import { reduceScope } from '../requested-scope.ts'
import type { DeviceCodeStore } from '../store.ts'
import { tokenId } from '../tokens/token-id.ts'

export interface DeviceAuthorizationOptions {
  /** Where people enter the code: https, short enough to type. Default: the server's `device_verification` endpoint. */
  readonly verificationUri?: string
  /** `letters`: `WDJB-MJHT`; `digits`: `019-450-730`. Default `letters`. */
  readonly userCode?: UserCodeKind
  /** How long a device waits between two polls. Default 5 s. @spec RFC 8628 §3.2 */
  readonly interval?: Duration
}

type Context = RequestContext<DeviceCodeStore>

/** Of user codes that are taken, so many in a row are no coincidence. */
const ATTEMPTS = 5

/**
 * Where a device begins that has no browser: it gets a code to poll with, and one that its owner types elsewhere.
 *
 * @example
 * server.registerGrant(DeviceCodeGrant).registerEndpoint(DeviceAuthorizationEndpoint)
 * @spec RFC 8628 §3.1
 */
export class DeviceAuthorizationEndpoint implements Endpoint<DeviceCodeStore> {
  readonly name = 'device_authorization'
  readonly path = '/device_authorization'
  readonly methods = ['POST'] as const
  readonly cors = 'public'
  readonly #verificationUri: string | undefined
  readonly #userCode: UserCodeKind
  readonly #interval: number

  /** @throws ConfigurationError with every problem at once. */
  constructor(options: DeviceAuthorizationOptions = {}) {
    const problems = findProblems(options)
    if (problems.length > 0) throw new ConfigurationError('DeviceAuthorizationEndpoint', problems)
    this.#verificationUri = options.verificationUri
    this.#userCode = options.userCode ?? 'letters'
    this.#interval = toSeconds(options.interval ?? 5)
  }

  metadata(url: string): Partial<ServerMetadata> {
    return { device_authorization_endpoint: url }
  }

  async handle(context: Context): Promise<HttpResponse> {
    const verificationUri = this.#findVerificationUri(context)
    const request = await readRequest(context)
    const { deviceCode, userCode, record } = await this.#open(context, request)
    return json(
      200,
      {
        device_code: deviceCode,
        user_code: userCode,
        verification_uri: verificationUri,
        verification_uri_complete: completeUri(verificationUri, userCode),
        expires_in: record.expires_at - record.created_at,
        interval: record.interval,
      },
      NO_STORE,
    )
  }

  #findVerificationUri({ server }: Context): string {
    const uri = this.#verificationUri ?? server.endpointUrl('device_verification')
    if (uri !== undefined) return uri
    throw new ConfigurationError('DeviceAuthorizationEndpoint', [
      '"verificationUri" is missing, and no "device_verification" endpoint (such as that of DevicePages) is registered',
    ])
  }

  /** The store sees to it that no two devices that wait have one user code. */
  async #open(context: Context, request: DeviceRequest): Promise<OpenedRequest> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const opened = await this.#create(context, request)
      if (await context.store.saveDeviceCode(opened.record)) return opened
    }
    throw new OAuth2Error('temporarily_unavailable', 'no user code is free at the moment', {
      reason: 'user_codes_exhausted',
      retryAfter: this.#interval,
    })
  }

  async #create({ server, now }: Context, request: DeviceRequest): Promise<OpenedRequest> {
    const expiresAt = now + server.lifetimes.deviceCode
    const deviceCode = createDeviceCode(server, expiresAt)
    const userCode = createUserCode(this.#userCode)
    const record: DeviceCodeRecord = {
      id: await tokenId(deviceCode),
      user_code_id: await userCodeId(userCode),
      ...request,
      interval: this.#interval,
      created_at: now,
      expires_at: expiresAt,
    }
    return { deviceCode, userCode: formatUserCode(userCode), record }
  }
}

/** What a device asks for, once it was checked. */
type DeviceRequest = Pick<DeviceCodeRecord, 'client_id' | 'scope' | 'resource'>

interface OpenedRequest {
  readonly deviceCode: string
  readonly userCode: string
  readonly record: DeviceCodeRecord
}

/** Checks who asks, and for what. @spec RFC 8628 §3.1 */
async function readRequest(context: Context): Promise<DeviceRequest> {
  const { server, request } = context
  const params = await request.form()
  if (params.duplicates.some((name) => name !== 'resource')) {
    throw new OAuth2Error('invalid_request', 'each parameter must be sent once', { reason: 'parameter_repeated' })
  }
  const { client } = await server.authenticateClient(request, params, context)
  if (!allowsGrantType(client, DEVICE_CODE_GRANT)) {
    throw new OAuth2Error('unauthorized_client', 'client is not registered for the device code grant', {
      reason: 'grant_type_not_registered',
    })
  }
  const scope = reduceScope(params.get('scope'), client, server.scopes)
  const resources = await findRequestedResources(params, client, server)
  limitScope(scope, resources)
  const resource = resources.map((found) => found.resource)
  return { client_id: client.client_id, scope, ...(resource.length === 0 ? {} : { resource }) }
}

/** @spec RFC 8628 §3.3.1 */
function completeUri(uri: string, userCode: string): string {
  const complete = new URL(uri)
  complete.searchParams.set('user_code', userCode)
  return complete.href
}

function findProblems({ verificationUri, userCode, interval }: DeviceAuthorizationOptions): string[] {
  const problems: string[] = []
  const url = verificationUri === undefined ? undefined : parseUrl(verificationUri)
  if (verificationUri !== undefined && (url === undefined || !isHttpsOrLoopback(url) || url.hash !== '')) {
    problems.push('"verificationUri" must be an https URL without fragment, or http on a loopback address')
  }
  if (userCode !== undefined && userCode !== 'letters' && userCode !== 'digits') {
    problems.push('"userCode" must be "letters" or "digits"')
  }
  if (interval !== undefined && !(isDuration(interval) && toSeconds(interval) > 0)) {
    problems.push('"interval" must be a whole number of seconds above 0, or a text such as "5s"')
  }
  return problems
}
