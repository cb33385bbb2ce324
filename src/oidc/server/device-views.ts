import { RequestParameters } from '../../http/form.ts'
import type { Header, HttpResponse } from '../../http/response.ts'
import { withHeaders } from '../../http/response.ts'
import { parseScope } from '../../oauth2/scope.ts'
import type { PendingDevice, RequestContext, SessionRecord } from '../../oauth2/server/index.ts'
import { bindForm } from './csrf.ts'
import { urlOf } from './interaction-flow.ts'
import { viewClient } from './pages/client-view.ts'
import { type DeviceCodeView, renderDeviceCode, renderDeviceConsent } from './pages/device.ts'
import type { FormView } from './pages/form.ts'
import { formSources } from './pages/form.ts'
import type { Look } from './pages/layout.ts'
import { type LoginView, renderLogin } from './pages/login.ts'

/** All forms of these pages are about devices, none about a particular one before it is found. */
export const DEVICE_FORM = 'device'

/** The sign-in page of somebody who comes to connect a device. */
export async function showDeviceLogin(
  look: Look,
  context: RequestContext,
  userCode: string,
  view: Omit<LoginView, 'client' | 'form'>,
): Promise<HttpResponse> {
  const { form, headers } = await openForm(context, { user_code: userCode })
  return withHeaders(renderLogin(look, { ...view, form }), headers)
}

/** The page that asks for the code. */
export async function showDeviceCode(
  look: Look,
  context: RequestContext,
  session: SessionRecord,
  view: Pick<DeviceCodeView, 'userCode' | 'problem'>,
): Promise<HttpResponse> {
  const { form, headers } = await openForm(context, {})
  const page = renderDeviceCode(look, { ...view, form, ...viewAccount(context, session, view.userCode) })
  return withHeaders(page, headers)
}

/** The page that asks whether this is the device. */
export async function showDeviceConsent(
  look: Look,
  context: RequestContext,
  session: SessionRecord,
  { client, scope, userCode, ticket }: PendingDevice,
): Promise<HttpResponse> {
  const { form, headers } = await openForm(context, { ticket })
  const page = renderDeviceConsent(look, {
    form,
    userCode,
    client: viewClient(client),
    scopes: parseScope(scope),
    ...viewAccount(context, session, userCode),
  })
  return withHeaders(page, headers)
}

/** The address of the first page. */
export function deviceUrl(context: RequestContext, parameters: Readonly<Record<string, string>>): string {
  const given = Object.entries(parameters).filter(([, value]) => value !== '')
  const query = RequestParameters.fromEntries(given).toString()
  const url = urlOf(context, 'device_verification')
  return query === '' ? url : `${url}?${query}`
}

function viewAccount(
  context: RequestContext,
  session: SessionRecord,
  userCode: string,
): Pick<DeviceCodeView, 'account' | 'otherAccountUrl'> {
  return {
    account: session.display_name ?? session.subject,
    otherAccountUrl: deviceUrl(context, { user_code: userCode, account: 'other' }),
  }
}

async function openForm(
  context: RequestContext,
  fields: Readonly<Record<string, string>>,
): Promise<{ form: FormView; headers: readonly Header[] }> {
  const { token, headers } = await bindForm(context, DEVICE_FORM)
  const action = urlOf(context, 'device_verification')
  return { form: { action, fields: { csrf: token, ...fields }, sources: formSources(undefined) }, headers }
}
