import type { HttpResponse } from '../../src/http/response.ts'
import {
  type Client,
  DeviceAuthorizationEndpoint,
  type DeviceAuthorizationOptions,
  DeviceCodeGrant,
  type DeviceOutcome,
  DeviceVerification,
  type DeviceViewer,
  type PendingDevice,
} from '../../src/oauth2/server/index.ts'
import { body, CLIENTS, type Form, post, TestServer, type TestServerOptions } from './authorization-server.ts'

export const DEVICE_CODE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code'
export const VERIFICATION_URI = 'https://op.example/device'
export const ALICE: DeviceViewer = { session: 'session-of-alice', subject: 'alice' }

export const TV: Client = {
  client_id: 'tv',
  client_name: 'Living Room',
  token_endpoint_auth_method: 'none',
  grant_types: [DEVICE_CODE_GRANT, 'refresh_token'],
  scope: 'openid read',
}

/** A second device of another kind, for what must not be mixed up. */
export const RADIO: Client = { ...TV, client_id: 'radio', client_name: 'Radio' }

/** What a device was answered. */
export interface DeviceAnswer {
  readonly device_code: string
  readonly user_code: string
  readonly verification_uri: string
  readonly verification_uri_complete: string
  readonly expires_in: number
  readonly interval: number
}

/** A device, a person and the server between them. */
export class DeviceTest {
  readonly test: TestServer
  readonly devices: DeviceVerification
  readonly replays: string[] = []

  constructor(options: TestServerOptions & { readonly device?: DeviceAuthorizationOptions } = {}) {
    const { device = { verificationUri: VERIFICATION_URI }, ...rest } = options
    this.test = new TestServer({ clients: [TV, RADIO, ...Object.values(CLIENTS)], ...rest })
    this.test.server.registerGrant(DeviceCodeGrant).registerEndpoint(DeviceAuthorizationEndpoint, device)
    this.test.server.on('device_code.replayed', ({ grantId }) => {
      this.replays.push(grantId)
    })
    this.devices = new DeviceVerification({ secret: 'a secret of the tickets, long enough for it' })
  }

  get context(): Parameters<DeviceVerification['find']>[0] {
    const { server, store, time } = this.test
    return { server, store, now: Math.floor(time / 1000), requestId: 'request' }
  }

  ask(parameters: Form = {}, headers: Record<string, string> = {}): Promise<HttpResponse> {
    const form =
      typeof parameters === 'string' || Array.isArray(parameters) ? parameters : { ...REQUEST, ...parameters }
    return this.test.server.handle(post('/device_authorization', form, headers))
  }

  async begin(parameters: Record<string, string> = {}): Promise<DeviceAnswer> {
    const answer: unknown = body(await this.ask(parameters))
    return answer as DeviceAnswer
  }

  poll(deviceCode: string, parameters: Record<string, string> = {}): Promise<HttpResponse> {
    const form = { grant_type: DEVICE_CODE_GRANT, client_id: 'tv', device_code: deviceCode, ...parameters }
    return this.test.token(form)
  }

  async find(userCode: string, viewer: DeviceViewer = ALICE): Promise<PendingDevice> {
    const device = await this.devices.find(this.context, userCode, viewer)
    if (device === undefined) throw new Error('no device has this code')
    return device
  }

  async approve(userCode: string, scope?: string): Promise<DeviceOutcome> {
    const { ticket } = await this.find(userCode)
    const approval = { subject: 'alice', authTime: 1_699_999_000, ...(scope === undefined ? {} : { scope }) }
    return this.devices.approve(this.context, ticket, ALICE, approval)
  }

  async deny(userCode: string): Promise<DeviceOutcome> {
    const { ticket } = await this.find(userCode)
    return this.devices.deny(this.context, ticket, ALICE)
  }
}

const REQUEST = { client_id: 'tv', scope: 'read' }
