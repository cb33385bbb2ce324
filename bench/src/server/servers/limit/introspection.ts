import { clientId, lifetime, paths, scope } from '../../subject.ts'
import { serve } from '../serve.ts'
import { digestText, findNothing, isClient, now, randomText, readForm, refuseClient, send } from './by-hand.ts'

const token = randomText()
const iat = now()
const tokens = new Map([
  [digestText(token), { scope, client_id: clientId, token_type: 'Bearer', iat, exp: iat + lifetime }],
])

serve(() => ({
  context: { token },
  listener(request, response) {
    if (request.url !== paths.introspect || request.method !== 'POST') return findNothing(response)
    readForm(request, (form) => {
      if (!isClient(request)) return refuseClient(response)
      const found = tokens.get(digestText(form.get('token') ?? ''))
      const isActive = found !== undefined && found.exp > now()
      send(response, 200, JSON.stringify(isActive ? { active: true, ...found } : { active: false }))
    })
  },
}))
