import type { IncomingMessage, ServerResponse } from 'node:http'
import { clientId, issuer, lifetime, paths, person, redirectUri } from '../../subject.ts'
import { generateKey, jwtSigner } from '../keys.ts'
import { serve } from '../serve.ts'
import { digestText, findNothing, isClient, now, randomText, readForm, refuseRequest, send } from './by-hand.ts'

interface Code {
  readonly scope: string
  readonly nonce: string
  readonly challenge: string
  readonly expires: number
}

const codes = new Map<string, Code>()
const tokens = new Map<string, object>()
const signIdToken = jwtSigner(generateKey('RS256'), 'JWT')

function authorize(query: URLSearchParams, response: ServerResponse): void {
  const isAllowed =
    query.get('response_type') === 'code' &&
    query.get('client_id') === clientId &&
    query.get('redirect_uri') === redirectUri &&
    query.get('code_challenge_method') === 'S256'
  if (isAllowed) sendCode(query, response)
  else refuseRequest(response)
}

function sendCode(query: URLSearchParams, response: ServerResponse): void {
  const [scope = '', nonce = '', challenge = ''] = ['scope', 'nonce', 'code_challenge'].map(
    (name) => query.get(name) ?? '',
  )
  const code = randomText()
  codes.set(digestText(code), { scope, nonce, challenge, expires: now() + 60 })
  const location = `${redirectUri}?${new URLSearchParams({ code, state: query.get('state') ?? '', iss: issuer })}`
  response.writeHead(302, { location, 'cache-control': 'no-store', 'content-length': 0 }).end()
}

function redeem(form: URLSearchParams, request: IncomingMessage, response: ServerResponse): void {
  const code = isClient(request) ? take(form.get('code') ?? '') : undefined
  const isProven = code !== undefined && digestText(form.get('code_verifier') ?? '') === code.challenge
  if (!isProven || code.expires < now() || form.get('redirect_uri') !== redirectUri) refuseRequest(response)
  else send(response, 200, JSON.stringify(issue(code)))
}

function take(value: string): Code | undefined {
  const id = digestText(value)
  const code = codes.get(id)
  codes.delete(id)
  return code
}

function issue({ scope, nonce }: Code): object {
  const created = now()
  const token = randomText()
  const id = digestText(token)
  tokens.set(id, {
    id,
    client_id: clientId,
    sub: person.sub,
    scope,
    created_at: created,
    expires_at: created + lifetime,
  })
  const answer = { access_token: token, token_type: 'Bearer', expires_in: lifetime, scope }
  if (!scope.split(' ').includes('openid')) return answer
  const times = { iat: created, exp: created + lifetime, auth_time: created }
  return { ...answer, id_token: signIdToken({ iss: issuer, sub: person.sub, aud: clientId, ...times, nonce }) }
}

serve(() => ({
  listener(request, response) {
    const { url = '', method } = request
    if (method === 'GET' && url.startsWith(`${paths.authorize}?`)) {
      return authorize(new URLSearchParams(url.slice(paths.authorize.length + 1)), response)
    }
    if (method !== 'POST' || url !== paths.token) return findNothing(response)
    readForm(request, (form) => redeem(form, request, response))
  },
}))
