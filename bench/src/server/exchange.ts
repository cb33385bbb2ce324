import { expect, member } from './scenario.ts'
import { basic, clientSecret, codeRedemption, codeRequest, paths, redirectUri, scope } from './subject.ts'

/** What the checks send: requests one at a time, with `fetch`. */

export const clientCredentials = `grant_type=client_credentials&scope=${scope}`

export function post(origin: string, path: string, form: string, secret: string = clientSecret): Promise<Response> {
  return fetch(new URL(path, origin), {
    method: 'POST',
    headers: { authorization: basic(secret), 'content-type': 'application/x-www-form-urlencoded' },
    body: form,
  })
}

/** @throws Error where there is none. */
export async function accessToken(answer: Response): Promise<string> {
  const token = member(await answer.json(), 'access_token')
  expect(answer.status === 200 && typeof token === 'string' && token.length >= 40, 'does not answer with a token')
  return token
}

export async function requireRefusal(answer: Response, statuses: readonly number[], of: string): Promise<void> {
  await answer.arrayBuffer()
  expect(statuses.includes(answer.status), `does not refuse ${of}`)
}

export interface SignedIn {
  readonly code: string
  readonly cookie: string
}

/** Follows the redirects of an authorization request to the client, with the cookies of a browser. */
export async function authorize(
  origin: string,
  scope: string,
  cookies: Map<string, string> = new Map(),
): Promise<SignedIn> {
  let location = `${paths.authorize}?${codeRequest(scope)}`
  for (let redirects = 0; !location.startsWith(redirectUri); redirects++) {
    expect(redirects < 10, 'does not come to an end with an authorization request')
    location = await follow(new URL(location, origin), cookies)
  }
  const code = new URL(location).searchParams.get('code')
  expect(code !== null, 'does not answer with a code')
  return { code, cookie: cookieHeader(cookies) }
}

async function follow(url: URL, cookies: Map<string, string>): Promise<string> {
  const answer = await fetch(url, { redirect: 'manual', headers: { cookie: cookieHeader(cookies) } })
  for (const line of answer.headers.getSetCookie()) {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
    if (value === '') cookies.delete(name)
    else cookies.set(name, value)
  }
  await answer.arrayBuffer()
  const location = answer.headers.get('location')
  expect(location !== null, 'does not redirect')
  return location.startsWith(redirectUri) ? location : location.replace(/^https?:\/\/[^/]+/, '')
}

function cookieHeader(cookies: ReadonlyMap<string, string>): string {
  return [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
}

export async function redeem(origin: string, code: string, verifier?: string): Promise<Response> {
  return post(origin, paths.token, codeRedemption(code, verifier))
}
