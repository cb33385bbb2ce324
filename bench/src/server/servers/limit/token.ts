import { audience, clientId, issuer, lifetime, paths, scope } from '../../subject.ts'
import { generateKey, jwtSigner } from '../keys.ts'
import { scenarioName, serve } from '../serve.ts'
import {
  digestText,
  findNothing,
  isClient,
  now,
  randomText,
  readForm,
  refuseClient,
  refuseRequest,
  send,
} from './by-hand.ts'

const tokens = new Map<string, object>()

function issueOpaque(): string {
  const token = randomText()
  const id = digestText(token)
  const created = now()
  tokens.set(id, { id, client_id: clientId, scope, created_at: created, expires_at: created + lifetime })
  return token
}

function jwtIssuer(): () => string {
  const sign = jwtSigner(generateKey('ES256'), 'at+jwt')
  const constant = { iss: issuer, sub: clientId, aud: audience, client_id: clientId, scope }
  return () => sign({ ...constant, iat: now(), exp: now() + lifetime, jti: randomText() })
}

const issue = scenarioName === 'token-jwt' ? jwtIssuer() : issueOpaque

serve(() => ({
  listener(request, response) {
    if (request.url !== paths.token || request.method !== 'POST') return findNothing(response)
    readForm(request, (form) => {
      if (!isClient(request)) return refuseClient(response)
      if (form.get('grant_type') !== 'client_credentials' || form.get('scope') !== scope) return refuseRequest(response)
      send(response, 200, JSON.stringify({ access_token: issue(), token_type: 'Bearer', expires_in: lifetime, scope }))
    })
  },
}))
