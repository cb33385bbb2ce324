/** What stands in the place of a secret. */
export const REDACTED = '[redacted]'

const MAX_TEXT = 4096
const MAX_DEPTH = 4

/** Names, without case and separators, whose values are secrets wherever they stand. */
const SECRET_NAMES: ReadonlySet<string> = new Set([
  'apikey',
  'authorization',
  'authreqid',
  'code',
  'dpop',
  'idtokenhint',
  'nonce',
  'pin',
  'privatekey',
  'proxyauthorization',
  'request',
  'requesturi',
  'response',
  'sessionid',
  'signature',
  'state',
  'usercode',
  'xapikey',
])

/** Endings that make a name one of them: access_token, client_secret, code_verifier, client_assertion, Set-Cookie … */
const SECRET_ENDINGS = /(?:token|secret|verifier|assertion|password|passwd|passphrase|cookie|devicecode)s?$/

/** Whether a parameter, header or member of this name holds a secret. */
export function isSecretName(name: string): boolean {
  const bare = name.toLowerCase().replaceAll(/[^a-z0-9]/g, '')
  return SECRET_NAMES.has(bare) || SECRET_ENDINGS.test(bare)
}

/** A JWS or JWE: its header is JSON, which starts with `{"`. */
const JOSE = /\beyJ[\w-]*\.[\w-]*(?:\.[\w-]*)*/g
/** A header as a line of text. */
const HEADER_LINE = /\b((?:proxy-)?authorization|(?:set-)?cookie|dpop|x-api-key)[ \t]*:[ \t]*[^\r\n]+/gi
/** What follows the scheme in an Authorization header. */
const CREDENTIALS = /\b(Bearer|Basic|DPoP|Digest)[ :]+[A-Za-z0-9\-._~+/]+=*/gi
/** A user and password in a URL. */
const USER_INFO = /\/\/[^\s/@?#]+@/g
/** `name=value` as in a query, a fragment, a form or a cookie; a comma belongs to the value unless a pair follows it. */
const PAIR = /([\w.%[\]-]{1,64})(=)([^\s&;,#"'<>)]+(?:,[^\s&;,#"'<>)=]*(?=$|[\s&;,#"'<>)]))*)/g
/** The same, inside a URL that is itself a parameter, however often it was percent-encoded. */
const ENCODED_PAIR = /(?<=%(?:25)*(?:3F|26|23))([\w-]{1,64})(%(?:25)*3D)((?:(?!%(?:25)*(?:26|23))[^\s&;"'<>])+)/gi
/** `"name":"value"` as in JSON, also where that JSON is itself in a string, or cut off before the quote. */
const MEMBER = /(?<=(\\{0,8}["']))([\w-]{1,64})(\1\s*:\s*(\\{0,8}["']))((?:(?!\4)(?:\\.|.))+)/gs

/** A text without the secrets that can be told by their name or their form; a long text is cut. */
export function redactText(text: string): string {
  const bounded = text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text
  return redactNamed(
    bounded
      .replace(JOSE, REDACTED)
      .replace(HEADER_LINE, `$1: ${REDACTED}`)
      .replace(CREDENTIALS, `$1 ${REDACTED}`)
      .replace(USER_INFO, `//${REDACTED}@`),
  )
}

function redactNamed(text: string, depth = 0): string {
  const redactValue = (name: string, between: string, value: string): string =>
    `${name}${between}${isSecretName(name) || depth === MAX_DEPTH ? REDACTED : redactNamed(value, depth + 1)}`
  // A value that is no secret may hold one: a URL in a URL, JSON in JSON. What is nested too deep counts as one.
  return text
    .replace(MEMBER, (_all, _quote, name: string, between: string, _open, value: string) =>
      redactValue(name, between, value),
    )
    .replace(ENCODED_PAIR, (_all, name: string, equals: string, value: string) => redactValue(name, equals, value))
    .replace(PAIR, (_all, name: string, equals: string, value: string) => redactValue(name, equals, value))
}
