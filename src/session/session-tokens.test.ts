import { describe, expect, it } from 'vitest'
import { CookieJar } from '../../test/support/cookie-jar.ts'
import { sessionTokens } from './session-tokens.ts'
import { Sessions } from './sessions.ts'

const token = { access_token: 'a', token_type: 'Bearer' }
const renewed = { access_token: 'b', token_type: 'Bearer' }

describe('the tokens of sessions, as a registry asks for them', () => {
  it('are those of whoever makes the request', async () => {
    const sessions = new Sessions<string>({ secret: 'a secret that is long enough: 0123456789' })
    const { fetchToken, updateToken } = sessionTokens(sessions)
    const request = new CookieJar().request()
    expect(await fetchToken('op', request)).toBeUndefined()
    await sessions.start(request, { data: 'Ada', tokens: { op: token } })
    expect(await fetchToken('op', request)).toEqual(token)
    expect(await updateToken('op', renewed, token, request)).toBe(true)
    expect(await fetchToken('op', request)).toEqual(renewed)
    expect(await updateToken('op', token, token, request)).toBe(false)
  })

  it.each([undefined, null, 'request'])(
    'are nobody’s for %j, and what was renewed without is the caller’s',
    async (request) => {
      const { fetchToken, updateToken } = sessionTokens(
        new Sessions<string>({ secret: 'a secret that is long enough: 0123456789' }),
      )
      expect(await fetchToken('op', request)).toBeUndefined()
      expect(await updateToken('op', renewed, token, request)).toBe(true)
    },
  )
})
