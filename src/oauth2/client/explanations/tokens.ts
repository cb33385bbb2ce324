import type { ClientErrorCode } from '../errors.ts'
import type { Entries } from './entry.ts'

/** Tokens: getting, renewing, using and revoking them. */
export const TOKENS: Entries<ClientErrorCode> = {
  token_response_invalid: {
    meaning: 'The answer of the token endpoint is no token response.',
    causes: [
      'a member is missing or of another form ("parameter")',
      'a form or a page in the place of JSON',
      '"accessTokenUrl" leads to something else',
    ],
    fix: 'Repair what the provider does wrong with the hook "accessTokenResponse" of "compliance": see the guide on providers that bend the rules.',
  },
  token_type_downgraded: {
    meaning: 'A token that was to be bound to a key came without being bound.',
    causes: ['the server does not know DPoP, or not for this client'],
    fix: 'Leave "dpop" out for this provider, or have it turned on there.',
  },
  token_refused: {
    meaning: 'The token endpoint said no.',
    causes: ['see "refusal": its code says why'],
    fix: 'Look at "refusal", and at the log of the server.',
  },
  missing_token: {
    meaning: 'There is no token for what is to be done.',
    causes: [
      '"token" was not given, and "fetchToken" found none',
      'to renew it, it would need a refresh token, which was not granted',
    ],
    fix: 'Let the person log in. For a refresh token many providers want a scope ("offline_access") or a parameter ("access_type").',
  },
  token_expired: {
    meaning: 'The token is over, and cannot be renewed.',
    causes: ['there is no refresh token'],
    fix: 'Let the person log in again, or ask for a refresh token.',
  },
  token_type_unsupported: {
    meaning: 'The token is of a kind that the client cannot use.',
    causes: [
      'the token is bound to a key that this client does not have',
      'the provider says "token_type" in its own way',
    ],
    fix: 'Give the client the same "dpop" that the token was fetched with, or repair the answer with the hook "accessTokenResponse".',
  },
  token_update_conflict: {
    meaning: 'A renewed token was not stored, because another one had taken its place, which cannot be found.',
    causes: ['"updateToken" returned false, and "fetchToken" finds no good token', 'both look at different places'],
    fix: 'Let both work on the same record, and return false only where another token is stored.',
  },
  token_renewal_timeout: {
    meaning: 'Renewing a token came to no end.',
    causes: [
      '"fetchToken" or "updateToken" does not answer: a database without timeouts',
      'one of them asks the same client for the token that it is called for, and waits for itself',
      'a transport without timeout',
    ],
    fix: 'Give what they call an end, and have both of them read and write only. The next call goes on with what the server has answered.',
  },
  revocation_refused: {
    meaning: 'The server did not revoke the token.',
    causes: ['the credentials of the client are wrong', 'the server does not revoke tokens of this kind'],
    fix: 'Look at "refusal" and "status". Forget the token all the same.',
  },
  introspection_refused: {
    meaning: 'The server does not tell this client about tokens.',
    causes: ['the credentials are wrong', 'the client may not introspect'],
    fix: 'Look at "refusal", and at what the client is registered for.',
  },
  introspection_response_invalid: {
    meaning: 'The answer about a token cannot be used.',
    causes: ['a member is missing or of another form', 'a signed answer is not what it must be'],
    fix: 'Repair it with the hook "introspectTokenResponse", if the provider is wrong.',
  },
  device_refused: {
    meaning: 'The server does not let this device ask for a login.',
    causes: ['the client is not registered for the device grant', 'the scope is not allowed'],
    fix: 'Look at "refusal".',
  },
  device_response_invalid: {
    meaning: 'The answer of the device authorization endpoint cannot be used.',
    causes: ['a member is missing or of another form ("parameter")'],
    fix: 'Repair it with the hook "deviceAuthorizationResponse", if the provider is wrong.',
  },
  device_denied: {
    meaning: 'The person refused to connect the device.',
    causes: ['they pressed "no"', 'they did not recognise the device'],
    fix: 'Say so on the device, and offer to try again.',
  },
  device_expired: {
    meaning: 'Nobody connected the device in time.',
    causes: ['the code was not entered', 'the polling began too late'],
    fix: 'Show a new code.',
  },
  registration_refused: {
    meaning: 'The server does not register the client as it describes itself.',
    causes: [
      '"invalid_redirect_uri" or "invalid_client_metadata" in "refusal"',
      'an initial access token is missing or over',
    ],
    fix: 'Look at "refusal" and "status".',
  },
  registration_response_invalid: {
    meaning: 'The answer to a registration cannot be used.',
    causes: ['a member is missing or of another form ("parameter")'],
    fix: 'Repair it with the hook "registrationResponse", if the server is wrong.',
  },
  access_refused: {
    meaning: 'The API did not open for the token.',
    causes: [
      'the token is over or was revoked (invalid_token)',
      'it allows too little (insufficient_scope)',
      'the login is not good enough (insufficient_user_authentication)',
    ],
    fix: 'Look at "error" and "scope" of the challenge: renew the token, or let the person log in with more ("stepUp").',
  },
  resource_mismatch: {
    meaning: 'What an API says about itself is about another address.',
    causes: [
      'the address of the API is written differently than it calls itself',
      'the document is from somebody else',
    ],
    fix: 'Call the API by the address that its metadata name as "resource".',
  },
}
