import type { JoseErrorCode } from '../../../jose/errors.ts'
import type { Entries } from './entry.ts'

const CHANGED = 'it was cut off or changed on its way'
const NOT_OURS = 'it was made by somebody else, or is no token of this kind'

/** Keys, signatures, encryption and claims. */
export const JOSE: Entries<JoseErrorCode> = {
  token_malformed: {
    meaning: 'The text is no token of this form.',
    causes: [CHANGED, NOT_OURS],
    fix: 'Log its length, never the token, where it comes in.',
  },
  token_too_large: {
    meaning: 'The token is larger than any that is read.',
    causes: [NOT_OURS],
    fix: 'Ask whoever issues it for fewer claims.',
  },
  encoding_invalid: {
    meaning: 'A part of the token is not base64url.',
    causes: [CHANGED],
    fix: 'Hand the token over as it came.',
  },
  header_invalid: {
    meaning: 'The header of the token is no JSON object.',
    causes: [CHANGED, NOT_OURS],
    fix: 'Refuse the token.',
  },
  header_parameter_invalid: {
    meaning: 'A parameter in the header is not of the form that it must have.',
    causes: ['whoever made the token is wrong'],
    fix: 'Refuse the token; the message names the parameter.',
  },
  payload_invalid: {
    meaning: 'What the token holds is no JSON object of claims.',
    causes: [NOT_OURS],
    fix: 'Refuse the token.',
  },
  algorithm_missing: { meaning: 'The header names no algorithm.', causes: [NOT_OURS], fix: 'Refuse the token.' },
  algorithm_unsupported: {
    meaning: 'The algorithm is not known here.',
    causes: ['it is new, old, or an import of its own'],
    fix: 'Have another algorithm used, or register it.',
  },
  algorithm_not_allowed: {
    meaning: 'The algorithm is none of those that are accepted.',
    causes: ['"algorithms" does not list it', 'somebody chose another one to get through'],
    fix: 'Add it to "algorithms" only if you mean it.',
  },
  algorithms_required: {
    meaning: 'It must be said which algorithms are accepted.',
    causes: ['"algorithms" is missing'],
    fix: 'List the algorithms that the issuer uses.',
  },
  critical_invalid: {
    meaning: '"crit" in the header is not as it must be.',
    causes: [NOT_OURS],
    fix: 'Refuse the token.',
  },
  critical_unsupported: {
    meaning: 'The token demands an extension that is not understood.',
    causes: ['whoever made it uses one'],
    fix: 'Refuse the token.',
  },
  type_mismatch: {
    meaning: 'The token is of another type ("typ").',
    causes: ['a token for another purpose was handed in'],
    fix: 'Hand in the right one.',
  },
  encryption_missing: {
    meaning: 'The header names no content encryption.',
    causes: [NOT_OURS],
    fix: 'Refuse the token.',
  },
  encryption_unsupported: {
    meaning: 'The content encryption is not known here.',
    causes: ['it is an import of its own'],
    fix: 'Have another one used, or register it.',
  },
  encryption_not_allowed: {
    meaning: 'The content encryption is none of those that are accepted.',
    causes: ['it is not listed'],
    fix: 'List it only if you mean it.',
  },
  compression_not_allowed: {
    meaning: 'The token is compressed, which is not accepted.',
    causes: ['whoever made it compresses'],
    fix: 'Turn compression off there, or allow it here.',
  },
  key_invalid: {
    meaning: 'The key is malformed.',
    causes: ['a member is missing or wrong', 'a PEM lost its line breaks in an environment variable'],
    fix: 'Export the key again.',
  },
  key_unsupported: {
    meaning: 'Keys of this kind are not known here.',
    causes: ['the runtime lacks the curve or algorithm'],
    fix: 'Use another kind, or a newer runtime.',
  },
  key_too_weak: {
    meaning: 'The key is too short.',
    causes: ['RSA below 2048 bits', 'a secret shorter than its hash'],
    fix: 'Make a new one.',
  },
  key_type_mismatch: {
    meaning: 'The key is of another kind than the algorithm needs.',
    causes: ['the wrong key', 'an algorithm that was chosen to get through'],
    fix: 'Use the key that belongs to the algorithm.',
  },
  key_curve_mismatch: {
    meaning: 'The key is on another curve than the algorithm needs.',
    causes: ['the wrong key'],
    fix: 'Use the key that belongs to the algorithm.',
  },
  key_algorithm_mismatch: {
    meaning: 'The key is for another algorithm.',
    causes: ['"alg" of the key says so'],
    fix: 'Use the key that belongs to the algorithm.',
  },
  key_use_mismatch: {
    meaning: 'The key is for another use.',
    causes: ['"use" of the key says so'],
    fix: 'Use a key of its own for signatures and for encryption.',
  },
  key_operation_mismatch: {
    meaning: 'The key may not do this.',
    causes: ['"key_ops" of the key says so'],
    fix: 'Use another key.',
  },
  key_not_private: {
    meaning: 'The key is public, and the private one is needed.',
    causes: ['the wrong half'],
    fix: 'Give the private key.',
  },
  key_not_extractable: {
    meaning: 'The key does not leave where it is kept.',
    causes: ['it was imported so, or signs elsewhere'],
    fix: 'Keep the exported form yourself, if you need it.',
  },
  key_symmetric: {
    meaning: 'The key is a secret, and would be published.',
    causes: ['an "oct" key in a set that is to be public'],
    fix: 'Keep secrets out of it.',
  },
  key_not_found: {
    meaning: 'No key fits.',
    causes: ['"kid" names another', 'the keys are out of date'],
    fix: 'Compare "kid" and "alg" with the keys.',
  },
  password_missing: { meaning: 'The key is encrypted under a password.', causes: ['no "password"'], fix: 'Give it.' },
  password_invalid: {
    meaning: 'The password does not open the key.',
    causes: ['the wrong one'],
    fix: 'Give the right one.',
  },
  signer_failed: {
    meaning: 'What signs elsewhere did not sign.',
    causes: ['the service or device behind it failed'],
    fix: 'Look at "cause".',
  },
  jwks_invalid: {
    meaning: 'What should be a set of keys is none.',
    causes: ['the address leads to something else'],
    fix: 'Open the address.',
  },
  jwks_unavailable: {
    meaning: 'The keys could not be fetched.',
    causes: ['the address is out of reach'],
    fix: 'Look at "cause".',
  },
  signature_invalid: {
    meaning: 'The signature is wrong.',
    causes: [CHANGED, 'it was made with another key'],
    fix: 'Trust nothing in it.',
  },
  recipients_invalid: {
    meaning: 'The recipients of the encrypted token are not as they must be.',
    causes: [NOT_OURS],
    fix: 'Refuse the token.',
  },
  decryption_failed: {
    meaning: 'The token does not open.',
    causes: ['it is for another key', CHANGED],
    fix: 'Compare the keys. Why exactly is not told, so that nobody can ask.',
  },
  compression_invalid: { meaning: 'The compressed content is broken.', causes: [CHANGED], fix: 'Refuse the token.' },
  plaintext_too_large: {
    meaning: 'The content grows beyond what is read.',
    causes: ['a compression bomb'],
    fix: 'Refuse the token.',
  },
  disclosure_invalid: {
    meaning: 'A disclosure does not belong to the token.',
    causes: [CHANGED],
    fix: 'Refuse the token.',
  },
  key_binding_missing: {
    meaning: 'Nothing proves that the holder presents the token.',
    causes: ['the holder left it out'],
    fix: 'Ask for it.',
  },
  key_binding_unexpected: {
    meaning: 'A proof of the holder came that was not asked for.',
    causes: ['the holder added it'],
    fix: 'Say what it must be for, or have it left out.',
  },
  claim_missing: { meaning: 'A claim is missing.', causes: ['see "claim"'], fix: 'Have the issuer add it.' },
  claim_invalid: {
    meaning: 'A claim is not of the form that it must have.',
    causes: ['see "claim"'],
    fix: 'Have the issuer correct it.',
  },
  claim_mismatch: {
    meaning: 'A claim says something else than was expected.',
    causes: ['see "claim"', 'the token is for somebody else'],
    fix: 'Compare what is expected with what the issuer says.',
  },
  token_expired: {
    meaning: 'The token is over.',
    causes: ['it is old', 'the clocks differ'],
    fix: 'Get a new one; set the clock.',
  },
  token_not_yet_valid: {
    meaning: 'The token is from the future.',
    causes: ['the clocks differ'],
    fix: 'Set the clock.',
  },
  token_too_old: {
    meaning: 'The token was issued too long ago.',
    causes: ['it is replayed', 'the clocks differ'],
    fix: 'Get a new one.',
  },
}
