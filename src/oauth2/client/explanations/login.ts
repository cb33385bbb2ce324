import type { ClientErrorCode } from '../errors.ts'
import type { Entries } from './entry.ts'

/** The way to the authorization server and back. */
export const LOGIN: Entries<ClientErrorCode> = {
  provider_unknown: {
    meaning: 'There is no provider for this request.',
    causes: ['"resolve" found none: the tenant is not known, or has no login of its own'],
    fix: 'Answer with a page of yours that says so.',
  },
  return_to_refused: {
    meaning: 'A login was to go on to a page that is not of this application.',
    causes: [
      'somebody made a link that leads elsewhere after the login',
      '"baseUrl" is not where browsers see the application',
    ],
    fix: 'Answer with 400, or leave "returnTo" out. Addresses of the application itself are best given as paths.',
  },
  pushed_request_refused: {
    meaning: 'The server refused the authorization request that was sent ahead.',
    causes: ['a parameter is wrong, or not registered for the client', 'the credentials of the client are wrong'],
    fix: 'Look at "refusal".',
  },
  pushed_response_invalid: {
    meaning: 'The answer to the authorization request that was sent ahead cannot be used.',
    causes: ['the server answers against RFC 9126'],
    fix: 'Repair it with the hook "pushedAuthorizationResponse", or set "pushedAuthorizationRequests" to never.',
  },
  callback_invalid: {
    meaning: 'What the browser brought back is no authorization response.',
    causes: ['a parameter comes twice', 'broken percent-encoding', 'a form that is none, or is too large'],
    fix: 'Somebody opened the address by hand, or a proxy rewrites it. Start the login again.',
  },
  transaction_missing: {
    meaning: 'This browser is not known to have started the login that it finishes.',
    causes: [
      'the login was begun in another browser, a private window or an app',
      'it was begun on another host name (www., http, an IP address), whose cookies are others',
      'it took longer than ten minutes',
      'it was finished before: a reload, the back button, a bookmark of the callback',
      'the browser refuses cookies; a callback by form_post needs https',
    ],
    fix: 'Let the person start again. If it happens to all, compare the host that the login starts at with that of the redirect URI.',
  },
  transaction_expired: {
    meaning: 'The login took too long.',
    causes: ['the page of the provider stood open', 'the clocks of several servers of yours differ'],
    fix: 'Let the person start again.',
  },
  transaction_mismatch: {
    meaning: 'What was started and what came back do not belong together.',
    causes: [
      'the login was started with another provider than the callback is of: each needs a redirect URI of its own',
      '"secret" was changed without keeping the former one',
      "the provider's issuer was changed in between",
      'a cookie was planted, or somebody tries to mix up two providers',
    ],
    fix: 'Let the person start again. When "secret" changes, put the new one in front of the old one.',
  },
  transaction_used: {
    meaning: 'This login was finished before.',
    causes: ['a reload, or two requests for one callback'],
    fix: 'Redirect after the login, so that a reload does not repeat it.',
  },
  state_missing: {
    meaning: 'The response has no "state", so nothing says which login it answers.',
    causes: [
      'somebody opened the callback by hand',
      'the provider starts logins by itself, which is not taken part in',
      'the provider drops it',
    ],
    fix: 'Let the person start at your login page.',
  },
  state_mismatch: {
    meaning: 'The response answers another login.',
    causes: ['two logins were mixed up', 'somebody tries to slip in a login of theirs (CSRF)'],
    fix: 'Let the person start again. Keep one state for each attempt, not one for each browser.',
  },
  issuer_missing: {
    meaning: 'The response does not say which server it is from, although that server announces that it does.',
    causes: ['the response is from another server (mix-up)', 'the provider does not do what its metadata say'],
    fix: 'Compare the response with the metadata. If the provider is wrong, set "authorization_response_iss_parameter_supported" to false in "serverMetadata".',
  },
  issuer_mismatch: {
    meaning: 'Something is from another server than the one that was asked.',
    causes: [
      '"issuer" differs from what the provider calls itself, be it by a final slash',
      'the provider has an issuer for each tenant',
      'two providers are mixed up, by accident or on purpose',
    ],
    fix: 'Copy "issuer" from the metadata of the provider, letter by letter. For templates of tenants see the guide on OpenID Connect.',
  },
  authorization_refused: {
    meaning: 'The server, or the person, said no.',
    causes: ['see "refusal": its code says who and why'],
    fix: 'Show a page that says so, with a link to try again.',
  },
  code_missing: {
    meaning: 'The response has neither a code nor an error.',
    causes: ['the provider answers for another response type', 'somebody opened the callback by hand'],
    fix: 'Let the person start again.',
  },
}
