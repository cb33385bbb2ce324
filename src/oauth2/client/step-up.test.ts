import { describe, expect, it } from 'vitest'
import { type AccessChallenge, ChallengeError } from './challenges.ts'
import { stepUp } from './step-up.ts'

const refused = (challenge: Partial<AccessChallenge>, status = 403): ChallengeError =>
  new ChallengeError(status, { scheme: 'bearer', ...challenge })

describe('RFC 6750 §3.1 insufficient_scope', () => {
  const error = refused({ error: 'insufficient_scope', scope: 'read write' })

  it.each([
    ['read mail', ['read', 'mail', 'write']],
    [
      ['read', 'mail'],
      ['read', 'mail', 'write'],
    ],
    [undefined, ['read', 'write']],
  ])('with %j asks for all that is there and all that is missing', (scope, expected) => {
    expect(stepUp(error, { scope })).toEqual({ scope: expected })
  })

  it('does not go in circles for what is there already', () => {
    expect(stepUp(error, { scope: 'write mail read' })).toBeUndefined()
  })

  it('does not go in circles where the server grants less than was asked for', () => {
    const previous = stepUp(error, { scope: 'read' })
    expect(stepUp(error, { scope: 'read', previous })).toBeUndefined()
    expect(stepUp(refused({ error: 'insufficient_scope', scope: 'admin' }), { scope: 'read', previous })).toEqual({
      scope: ['read', 'admin'],
    })
  })
})

describe('RFC 9470 §4 insufficient_user_authentication', () => {
  const error = refused({ error: 'insufficient_user_authentication', acr_values: 'mfa phr', max_age: 5 }, 401)

  it('asks for another login, and loses no scope', () => {
    expect(stepUp(error, { scope: 'openid read' })).toEqual({
      scope: ['openid', 'read'],
      acrValues: ['mfa', 'phr'],
      maxAge: 5,
    })
    const both = refused({ error: 'insufficient_user_authentication', max_age: 0, scope: 'write' }, 401)
    expect(stepUp(both, { scope: 'read' })).toEqual({ scope: ['read', 'write'], maxAge: 0 })
  })

  it('does not go in circles where that login was not enough', () => {
    const previous = stepUp(error, { scope: 'read' })
    expect(stepUp(error, { scope: 'read', previous })).toBeUndefined()
    const other = refused({ error: 'insufficient_user_authentication', acr_values: 'phr' }, 401)
    expect(stepUp(other, { scope: 'read', previous })).toEqual({ scope: ['read'], acrValues: ['phr'] })
  })
})

describe('what another login does not help', () => {
  it.each([
    refused({ error: 'insufficient_scope' }),
    refused({ error: 'insufficient_user_authentication' }, 401),
    refused({ error: 'invalid_token', scope: 'write' }, 401),
    refused({ error: 'constructor', scope: 'write' }, 401),
    refused({ scope: 'write' }, 401),
    new Error('insufficient_scope'),
    undefined,
  ])('case %#', (error) => {
    expect(stepUp(error, { scope: 'read' })).toBeUndefined()
    expect(stepUp(error)).toBeUndefined()
  })
})
