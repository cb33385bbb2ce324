import type { ClientErrorCode } from '../errors.ts'
import type { Entries } from './entry.ts'

const WRONG_TOKEN = 'the token is not for this login: mixed up, replayed or forged'
const CLOCKS = 'the clocks of the provider and of this machine differ by more than "clockTolerance"'

/** Who logged in: ID tokens, userinfo and logout tokens. */
export const IDENTITY: Entries<ClientErrorCode> = {
  id_token_missing: {
    meaning: 'The scope has "openid", and there is no ID token.',
    causes: ['the provider speaks OAuth 2 only', 'the client is not registered for OpenID Connect there'],
    fix: 'Leave "openid" out of the scope for a provider that does not know it.',
  },
  id_token_malformed: {
    meaning: 'The ID token is no signed JWT.',
    causes: ['the provider is broken', 'a hook changed it'],
    fix: 'Look at "cause".',
  },
  id_token_algorithm_refused: {
    meaning: 'The ID token is signed by an algorithm that is not accepted.',
    causes: [
      'the provider signs with another algorithm than its metadata list',
      'it signs with the client secret (HS256)',
      WRONG_TOKEN,
    ],
    fix: 'Set "idTokenSignedResponseAlg" to the algorithm that the client is registered for.',
  },
  id_token_key_not_found: {
    meaning: 'None of the keys of the provider is the one that the ID token names.',
    causes: [
      'the provider has new keys and does not publish them yet',
      'the ID token is from somebody else',
      '"jwks" in the options is out of date',
    ],
    fix: 'Compare "kid" of the token with the provider\'s "jwks_uri". Keys are fetched anew by themselves, not more often than once in a while.',
  },
  id_token_signature_invalid: {
    meaning: 'The signature of the ID token is wrong.',
    causes: [WRONG_TOKEN, '"jwks" or the client secret in the options is another one'],
    fix: 'Trust nothing in it. If it happens to all, compare the keys.',
  },
  id_token_claim_missing: {
    meaning: 'The ID token lacks a claim that it must have.',
    causes: ['see "parameter"', 'the provider does not follow OpenID Connect Core §2'],
    fix: 'Have the provider corrected.',
  },
  id_token_claim_invalid: {
    meaning: 'A claim of the ID token is not of the form that it must have.',
    causes: ['see "parameter"'],
    fix: 'Have the provider corrected.',
  },
  id_token_issuer_mismatch: {
    meaning: 'The ID token is from another issuer.',
    causes: [
      '"issuer" in the options is another one than the provider uses',
      'the provider has an issuer for each tenant',
      WRONG_TOKEN,
    ],
    fix: 'Copy "issuer" from the metadata. For Microsoft Entra and its like see issuer templates in the guide on OpenID Connect.',
  },
  id_token_audience_mismatch: {
    meaning: 'The ID token is for another client.',
    causes: ['"clientId" is that of another environment', 'the token was taken from another application'],
    fix: 'Compare "clientId" with the registration.',
  },
  id_token_azp_mismatch: {
    meaning: 'The ID token was issued to another client.',
    causes: ['the token was handed on by another application'],
    fix: 'Accept only tokens of your own logins.',
  },
  id_token_subject_mismatch: {
    meaning: 'A renewed ID token is about another person, or from another issuer or client, than the one of the login.',
    causes: ['two sessions were mixed up where tokens are stored', 'the provider is broken'],
    fix: 'End the session. Look at how "fetchToken" and "updateToken" find a record.',
  },
  id_token_expired: {
    meaning: 'The ID token is over.',
    causes: [CLOCKS, 'an old token was replayed'],
    fix: 'Set the clock (NTP).',
  },
  id_token_not_yet_valid: {
    meaning: 'The ID token is from the future.',
    causes: [CLOCKS],
    fix: 'Set the clock (NTP).',
  },
  id_token_too_old: {
    meaning: 'The ID token was issued too long ago.',
    causes: ['an old token was replayed', CLOCKS],
    fix: 'Start the login again; look at the maximum age in the options.',
  },
  id_token_nonce_mismatch: {
    meaning: 'The ID token does not have the nonce of this login.',
    causes: ['a code of another login was slipped in', 'the provider drops "nonce"'],
    fix: 'Let the person start again.',
  },
  id_token_nonce_unexpected: {
    meaning: 'The ID token has a nonce, and none was sent.',
    causes: ['the token is from another login', 'the nonce was not handed to "fetchToken"'],
    fix: 'Hand over what "createAuthorizationUrl" returned.',
  },
  id_token_hash_mismatch: {
    meaning: 'The ID token does not belong to the access token, code or state that it came with.',
    causes: ['one of them was exchanged on the way', 'the provider is broken'],
    fix: 'Trust neither.',
  },
  id_token_authentication_too_old: {
    meaning: 'The person proved who they are too long ago.',
    causes: ['the provider ignores "max_age"'],
    fix: 'Send the person again, with "prompt" login.',
  },
  id_token_acr_mismatch: {
    meaning: 'The person did not authenticate in one of the ways that were asked for.',
    causes: ['the provider cannot, or the person has no second factor'],
    fix: 'Send the person again, or refuse what needs it.',
  },
  id_token_encrypted: {
    meaning: 'The ID token is encrypted, and there is no key to open it.',
    causes: ['the client is registered for encrypted ID tokens'],
    fix: 'Give the client "idTokenDecryption", or change the registration.',
  },
  id_token_not_encrypted: {
    meaning: 'The ID token is not encrypted, and should be.',
    causes: ['the client is not registered for encrypted ID tokens', WRONG_TOKEN],
    fix: 'Change the registration, or leave "idTokenDecryption" out.',
  },
  id_token_decryption_failed: {
    meaning: 'The ID token does not open with the key that is there.',
    causes: ['the provider encrypts to another key', 'the algorithms are not those that were agreed'],
    fix: 'Compare the registered keys and algorithms with "idTokenDecryption".',
  },
  keys_unavailable: {
    meaning: 'The keys of the provider could not be fetched.',
    causes: ['"jwks_uri" is out of reach', 'it answers with something else than keys'],
    fix: 'Look at "cause"; open the address. Keys that are known beforehand can be given as "jwks".',
  },
  userinfo_refused: {
    meaning: 'The userinfo endpoint did not answer with claims.',
    causes: ['the access token is over or was revoked', 'it was granted without "openid"'],
    fix: 'Look at "status"; renew the token or let the person log in again.',
  },
  userinfo_invalid: {
    meaning: 'The answer of the userinfo endpoint cannot be used.',
    causes: ['no JSON object, or none with "sub"', 'a signed or encrypted answer is not what was agreed'],
    fix: 'Repair what the provider does wrong with the hook "userinfoResponse".',
  },
  userinfo_subject_mismatch: {
    meaning: 'The userinfo endpoint told about another person than the one who logged in.',
    causes: ['the access token is of somebody else', 'tokens were mixed up where they are stored'],
    fix: 'Trust neither. Look at how tokens are stored.',
  },
  logout_request_invalid: {
    meaning: 'What claims to be news of a logout is no such request.',
    causes: ['a parameter is missing or wrong', 'somebody else sent it'],
    fix: 'Compare the addresses that are registered at the provider with those of the application.',
  },
  logout_token_invalid: {
    meaning: 'The logout token of the provider was refused.',
    causes: ['see the message: signature, issuer, audience, time, "events" or "nonce"'],
    fix: 'Nobody was logged out by it. Look at "cause".',
  },
  logout_token_replayed: {
    meaning: 'The logout token came before.',
    causes: ['the provider repeats a call that it got no answer to', 'somebody replays it'],
    fix: 'Nothing: the first one counted.',
  },
}
