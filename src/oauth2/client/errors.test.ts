import { describe, expect, it } from 'vitest'
import { CLIENT_ERROR_CODES, ClientError, type ClientErrorCode } from './errors.ts'

const stageOf = (code: ClientErrorCode): string => new ClientError(code, 'refused').stage

describe('the step that a code of ClientError belongs to', () => {
  it.each([
    ['request_failed', 'resource'],
    ['endpoint_missing', 'discovery'],
    ['metadata_invalid', 'discovery'],
    ['pushed_request_refused', 'authorization'],
    ['transaction_used', 'callback'],
    ['issuer_mismatch', 'callback'],
    ['authorization_refused', 'callback'],
    ['token_refused', 'token'],
    ['token_expired', 'resource'],
    ['token_type_unsupported', 'resource'],
    ['missing_token', 'resource'],
    ['token_update_conflict', 'refresh'],
    ['device_denied', 'device'],
    ['id_token_missing', 'id_token'],
    ['keys_unavailable', 'id_token'],
    ['userinfo_invalid', 'userinfo'],
    ['logout_token_replayed', 'logout'],
  ] as const)('of %s is %s', (code, stage) => {
    expect(stageOf(code)).toBe(stage)
  })

  it('is another one where it is said', () => {
    expect(new ClientError('issuer_mismatch', 'refused', { stage: 'discovery' }).stage).toBe('discovery')
  })

  it('no code is listed twice', () => {
    expect(new Set(CLIENT_ERROR_CODES).size).toBe(CLIENT_ERROR_CODES.length)
  })
})
