import type { RequestParameters } from '../../http/form.ts'
import type { HttpRequest } from '../../http/request.ts'
import { queryOf } from '../../http/request.ts'
import type { Header, HttpResponse } from '../../http/response.ts'
import { redirect, withHeaders } from '../../http/response.ts'
import { OAuth2Error } from '../../oauth2/errors.ts'
import type {
  DeviceOutcome,
  DeviceVerification,
  DeviceVerificationStore,
  DeviceViewer,
  Endpoint,
  RequestContext,
  SessionRecord,
  SessionStore,
} from '../../oauth2/server/index.ts'
import type { Seconds } from '../../util/clock.ts'
import { isBoundForm } from './csrf.ts'
import { DEVICE_FORM, deviceUrl, showDeviceCode, showDeviceConsent, showDeviceLogin } from './device-views.ts'
import { approve } from './interaction-flow.ts'
import type { Authenticate } from './interaction-settings.ts'
import type { Look } from './pages/layout.ts'
import { type NoticeName, renderNotice } from './pages/notice.ts'
import { findSession, startSession } from './session.ts'
import { readSignIn } from './sign-in.ts'

/** What the pages ask of the store. */
export type DevicePagesStore = DeviceVerificationStore & SessionStore

export interface DevicePagesSettings {
  readonly look: Look
  readonly devices: DeviceVerification
  readonly authenticate: Authenticate
  readonly sessionLifetime: Seconds
  readonly address: (request: HttpRequest) => string | undefined
}

type Context = RequestContext<DevicePagesStore>
type Action = (context: Context, form: RequestParameters) => Promise<HttpResponse>

/** What is typed travels along while the person signs in: as much of it as can be a code. */
const MAX_CODE = 64

const NOTICES = { replayed: 'finished', gone: 'device-expired' } as const

/**
 * The pages on which a person connects a device. The person is known before any code is looked at: so attempts are theirs,
 * and whoever decides is who looked.
 */
export class DeviceEndpoint implements Endpoint<DevicePagesStore> {
  readonly name = 'device_verification'
  readonly path = '/device'
  readonly methods = ['GET', 'POST'] as const
  readonly errors = 'page'
  readonly #settings: DevicePagesSettings
  /** By the `action` of the button that was pressed. */
  readonly #actions: ReadonlyMap<string | undefined, Action> = new Map<string, Action>([
    ['login', (context, form) => this.#signIn(context, form)],
    ['continue', (context, form) => this.#find(context, form)],
    ['allow', (context, form) => this.#decide(context, form, 'device-connected')],
    ['deny', (context, form) => this.#decide(context, form, 'device-refused')],
  ])

  constructor(settings: DevicePagesSettings) {
    this.#settings = settings
  }

  async handle(context: Context): Promise<HttpResponse> {
    if (context.request.method !== 'POST') return this.#begin(context, queryOf(context.request))
    const form = await context.request.form()
    if (!(await isBoundForm(context, DEVICE_FORM, form.get('csrf'))))
      return renderNotice(this.#settings.look, 'forbidden')
    const action = this.#actions.get(form.get('action'))
    return action === undefined ? renderNotice(this.#settings.look, 'broken') : action(context, form)
  }

  /** A code that came with the link stands in the field already; the person still has to go on from there. */
  async #begin(context: Context, query: RequestParameters): Promise<HttpResponse> {
    const session = await findSession(context)
    return session === undefined || query.get('account') === 'other'
      ? showDeviceLogin(this.#settings.look, context, readCode(query), { username: '' })
      : showDeviceCode(this.#settings.look, context, session, { userCode: readCode(query) })
  }

  async #signIn(context: Context, form: RequestParameters): Promise<HttpResponse> {
    const { authenticate, sessionLifetime } = this.#settings
    const userCode = readCode(form)
    const person = await readSignIn(context, authenticate, form)
    if ('problem' in person) return showDeviceLogin(this.#settings.look, context, userCode, person)
    return showAgain(context, userCode, [await startSession(context, person, sessionLifetime)])
  }

  async #find(context: Context, form: RequestParameters): Promise<HttpResponse> {
    const { devices } = this.#settings
    const userCode = readCode(form)
    const session = await findSession(context)
    if (session === undefined) return showAgain(context, userCode)
    try {
      const device = await devices.find(context, userCode, this.#viewer(context, session))
      if (device !== undefined) return await showDeviceConsent(this.#settings.look, context, session, device)
      return await showDeviceCode(this.#settings.look, context, session, { userCode, problem: 'wrongDeviceCode' })
    } catch (error) {
      if (!(error instanceof OAuth2Error) || error.retryAfter === undefined) throw error
      const page = await showDeviceCode(this.#settings.look, context, session, {
        userCode,
        problem: 'tooManyDeviceCodes',
      })
      return withHeaders(page, [['retry-after', String(error.retryAfter)]])
    }
  }

  async #decide(
    context: Context,
    form: RequestParameters,
    done: 'device-connected' | 'device-refused',
  ): Promise<HttpResponse> {
    const { devices, look } = this.#settings
    const session = await findSession(context)
    // The session ended while the page was open.
    if (session === undefined) return showAgain(context, '')
    const viewer = this.#viewer(context, session)
    const ticket = form.get('ticket') ?? ''
    const outcome =
      done === 'device-connected'
        ? await devices.approve(context, ticket, viewer, approve(session))
        : await devices.deny(context, ticket, viewer)
    // Another person, or the same one anew, signed in while the page was open.
    return outcome === 'foreign' ? showAgain(context, '') : renderNotice(look, noticeOf(outcome, done))
  }

  #viewer({ request }: Context, { id, subject }: SessionRecord): DeviceViewer {
    const address = this.#settings.address(request)
    return { session: id, subject, ...(address === undefined ? {} : { address }) }
  }
}

function readCode(params: RequestParameters): string {
  return (params.get('user_code') ?? '').slice(0, MAX_CODE)
}

function noticeOf(outcome: Exclude<DeviceOutcome, 'foreign'>, done: NoticeName): NoticeName {
  return outcome === 'done' ? done : NOTICES[outcome]
}

/** Back to the first page by GET; reloading it sends no form twice. */
function showAgain(context: Context, userCode: string, headers: readonly Header[] = []): HttpResponse {
  return redirect(deviceUrl(context, { user_code: userCode }), 303, headers)
}
