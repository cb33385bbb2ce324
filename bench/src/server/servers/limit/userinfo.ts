import { clientId, lifetime, openidScope, paths, person } from '../../subject.ts'
import { serve } from '../serve.ts'
import { digestText, findNothing, now, randomText, send } from './by-hand.ts'

const token = randomText()
const record = { sub: person.sub, client_id: clientId, scope: openidScope, exp: now() + lifetime }
const tokens = new Map([[digestText(token), record]])
const people = new Map([[person.sub, person]])

serve(() => ({
  context: { token },
  listener(request, response) {
    if (request.url !== paths.userinfo || request.method !== 'GET') return findNothing(response)
    const { authorization = '' } = request.headers
    const found = tokens.get(digestText(authorization.slice('Bearer '.length)))
    const known = found !== undefined && found.exp > now() ? people.get(found.sub) : undefined
    if (known === undefined) return send(response, 401, '{"error":"invalid_token"}')
    send(response, 200, JSON.stringify(known))
  },
}))
