import { protect } from '../../../../../dist/adapters/express.js'
import { KeySet } from '../../../../../dist/jose/jwks/index.js'
import { JwtValidator, ResourceProtector } from '../../../../../dist/oauth2/resource/index.js'
import { audience, issuer, scope } from '../../subject.ts'
import { serve } from '../serve.ts'
import { jwts, key, ordersApp } from './orders.ts'

const keys = await KeySet.import({ keys: [key.publicJwk] })
const validator = new JwtValidator({ issuer, audience, keys })
const protector = new ResourceProtector().registerTokenValidator(validator)
serve(() => ({ listener: ordersApp(protect(protector, scope)), context: jwts }))
