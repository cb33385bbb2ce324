import type { Entry } from './entry.ts'

/** What a provider means by the codes that it refuses with. */
export const REFUSALS: Readonly<Record<string, Omit<Entry, 'meaning'>>> = {
  access_denied: {
    causes: ['the person pressed "cancel"', 'a rule of the provider does not let this person in'],
    fix: 'Show a page that says so, with a link to try again.',
  },
  login_required: {
    causes: ['"prompt" is none, and nobody is logged in at the provider'],
    fix: 'Send the person again without "prompt" none.',
  },
  consent_required: {
    causes: ['"prompt" is none, and the person has not agreed yet'],
    fix: 'Send the person again without "prompt" none.',
  },
  interaction_required: {
    causes: ['"prompt" is none, and the provider has to ask something'],
    fix: 'Send the person again without "prompt" none.',
  },
  invalid_client: {
    causes: [
      'the secret is wrong, has expired, or is that of another environment',
      'the client is registered for another "tokenEndpointAuthMethod"',
    ],
    fix: 'Compare "clientId", "clientSecret" and "tokenEndpointAuthMethod" with the registration.',
  },
  invalid_grant: {
    causes: [
      'the code or refresh token is over, was revoked, or was used before',
      'two processes renewed one rotating token at once: see "refreshLock"',
      'the redirect URI is not the one that the login was started with',
    ],
    fix: 'Let the person log in again.',
  },
  invalid_request: {
    causes: ['a parameter is missing, wrong or given twice', 'the redirect URI is not registered'],
    fix: 'Look at "error_description" of the refusal, and at the registration.',
  },
  invalid_scope: {
    causes: ['"scope" names something that the provider does not know, or not for this client'],
    fix: 'Compare "scope" with the documentation of the provider.',
  },
  invalid_target: {
    causes: ['"resource" names something that the server has no tokens for'],
    fix: 'Compare "resource" with what the API calls itself.',
  },
  invalid_dpop_proof: {
    causes: ['the clock of this machine is wrong', 'a proxy changes the address that the proof is for'],
    fix: 'Set the clock; call the server by the address that it knows itself by.',
  },
  unauthorized_client: {
    causes: ['the client is not registered for this grant or response type'],
    fix: 'Have "grant_types" of the registration changed.',
  },
  unsupported_grant_type: {
    causes: ['the server does not have this grant'],
    fix: 'Look at "grant_types_supported" in its metadata.',
  },
  unsupported_response_type: {
    causes: ['the server does not issue codes to this client'],
    fix: 'Look at "response_types_supported" in its metadata.',
  },
  temporarily_unavailable: { causes: ['the provider is overloaded'], fix: 'Try again later.' },
  server_error: { causes: ['something failed at the provider'], fix: 'Try again later; ask the provider.' },
}
