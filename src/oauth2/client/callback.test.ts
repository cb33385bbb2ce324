import { describe, expect, it } from 'vitest'
import { RequestParameters } from '../../http/form.ts'
import { type CallbackExpectation, isAuthorizationCallback, validateCallback } from './callback.ts'
import { ClientError } from './errors.ts'

const expected: CallbackExpectation = {
  clientId: 'app',
  state: 'S',
  issuer: 'https://op.example',
  issuerRequired: true,
}
const iss = 'iss=https%3A%2F%2Fop.example'

function validate(query: string, expectation: Partial<CallbackExpectation> = {}) {
  return validateCallback(RequestParameters.parse(query), { ...expected, ...expectation })
}

function failure(query: string, expectation?: Partial<CallbackExpectation>): ClientError {
  try {
    validate(query, expectation)
  } catch (error) {
    if (error instanceof ClientError) return error
    throw error
  }
  throw new Error('the callback was accepted')
}

describe('RFC 6749 §4.1.2 an authorization response', () => {
  it('becomes a callback that holds the code', () => {
    const callback = validate(`code=C&state=S&${iss}`)
    expect(callback).toMatchObject({ code: 'C', state: 'S', clientId: 'app', issuer: 'https://op.example' })
    expect(isAuthorizationCallback(callback)).toBe(true)
  })

  it('cannot be imitated by an object of the same shape', () => {
    const callback = validate(`code=C&state=S&${iss}`)
    expect(isAuthorizationCallback({ ...callback })).toBe(false)
    expect(isAuthorizationCallback(Object.create(Object.getPrototypeOf(callback)))).toBe(false)
  })

  it.each([
    ['code=C&code=D&state=S', 'callback_invalid', 'authorization response must not have a parameter more than once'],
    ['code=C&state=S&state=S', 'callback_invalid', 'authorization response must not have a parameter more than once'],
    ['code=C', 'state_missing', '"state" is missing in the authorization response'],
    ['code=C&state=', 'state_missing', '"state" is missing in the authorization response'],
    ['code=C&state=T', 'state_mismatch', '"state" mismatch: expected the value that this login was started with'],
    ['code=C&state=SS', 'state_mismatch', '"state" mismatch: expected the value that this login was started with'],
    [
      'code=C&state=S',
      'issuer_missing',
      '"iss" (Issuer) is missing: the authorization server announces that it sends it',
    ],
    [
      'code=C&state=S&iss=https%3A%2F%2Fop.example%2F',
      'issuer_mismatch',
      '"iss" (Issuer) mismatch: expected "https://op.example"',
    ],
    [
      'code=C&state=S&iss=https%3A%2F%2FOP.example',
      'issuer_mismatch',
      '"iss" (Issuer) mismatch: expected "https://op.example"',
    ],
    [`state=S&${iss}`, 'code_missing', '"code" (Authorization Code) is missing in the authorization response'],
    [
      `error=access_denied&state=S&${iss}`,
      'authorization_refused',
      'authorization server refused the request (access_denied)',
    ],
    [`error=x%0Ay&code=C&state=S&${iss}`, 'authorization_refused', 'authorization server refused the request'],
  ])('%s is refused as %s', (query, code, message) => {
    expect(failure(query)).toMatchObject({ name: 'ClientError', stage: 'callback', code, message })
  })
})

describe('RFC 9207 §2.4 the iss parameter', () => {
  it('may be absent where the server does not announce it', () => {
    expect(validate('code=C&state=S', { issuerRequired: false }).code).toBe('C')
  })

  it('counts all the same where the server sends it unannounced', () => {
    expect(failure('code=C&state=S&iss=https%3A%2F%2Fevil.example', { issuerRequired: false }).code).toBe(
      'issuer_mismatch',
    )
  })

  it('is not accepted by a matcher that promises an answer', () => {
    const acceptIssuer = (() => Promise.resolve(true)) as unknown as () => boolean
    expect(failure('code=C&state=S&iss=https%3A%2F%2Fevil.example', { acceptIssuer }).code).toBe('issuer_mismatch')
  })

  it('next-auth#13409: a server that begins to send it is no fault where its issuer is not known, or is said', () => {
    const query = 'code=C&state=S&iss=https%3A%2F%2Fgithub.com%2Flogin%2Foauth'
    expect(validate(query, { issuer: undefined, issuerRequired: undefined }).code).toBe('C')
    expect(validate(query, { issuer: 'https://github.com/login/oauth', issuerRequired: undefined }).code).toBe('C')
  })
})

describe('RFC 6749 §4.1.2.1 an error response', () => {
  it('hands over what the server said, without what could forge a line', () => {
    const { refusal, message } = failure(
      `error=access_denied&error_description=no%0d%0away&error_uri=https://op.example/e&state=S&${iss}`,
    )
    expect(refusal).toEqual({ error: 'access_denied', error_description: 'noway', error_uri: 'https://op.example/e' })
    expect(message).not.toContain('noway')
  })

  it('is withheld until state and issuer are proven', () => {
    expect(failure('error=access_denied&error_description=lies&state=T')).toMatchObject({ code: 'state_mismatch' })
    expect(failure('error=access_denied&error_description=lies&state=T').refusal).toBeUndefined()
    expect(failure('error=access_denied&state=S&iss=https%3A%2F%2Fevil.example').refusal).toBeUndefined()
    expect(failure('error=access_denied&state=S').code).toBe('issuer_missing')
  })
})
