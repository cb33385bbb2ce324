import { describe, expect, it } from 'vitest'
import { OAuth2Client } from './client.ts'
import type { OAuth2ClientOptions } from './options.ts'

function client(options: Partial<OAuth2ClientOptions> = {}): OAuth2Client {
  return new OAuth2Client({
    clientId: 'app',
    authorizeUrl: 'https://op.example/authorize?tenant=1&client_id=x',
    redirectUri: 'https://app.example/cb',
    scope: 'files  mail',
    ...options,
  })
}

const queryOf = (url: string) => Object.fromEntries(new URL(url).searchParams)

describe('RFC 6749 §4.1.1 the authorization request', () => {
  it('has what it needs, and keeps the query of the endpoint', async () => {
    const { url, state, redirectUri, codeVerifier } = await client().createAuthorizationUrl()
    expect(queryOf(url)).toEqual({
      tenant: '1',
      response_type: 'code',
      client_id: 'app',
      redirect_uri: 'https://app.example/cb',
      scope: 'files mail',
      state,
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge_method: 'S256',
    })
    expect(redirectUri).toBe('https://app.example/cb')
    expect(codeVerifier).toMatch(/^[\w-]{43}$/)
  })

  it('is different every time', async () => {
    const [a, b] = await Promise.all([client().createAuthorizationUrl(), client().createAuthorizationUrl()])
    expect(a.state).toMatch(/^[\w-]{43}$/)
    expect(a.state).not.toBe(b.state)
    expect(a.codeVerifier).not.toBe(b.codeVerifier)
  })

  it('takes wishes for one request, and repeats a parameter that is a list', async () => {
    const { url } = await client().createAuthorizationUrl({
      redirectUri: 'https://app.example/other?x=1',
      scope: ['a', 'b', 'a'],
      state: 'S',
      responseMode: 'form_post',
      parameters: { resource: ['https://a.example', 'https://b.example'], login_hint: 'alice', prompt: undefined },
    })
    const query = new URL(url).searchParams
    expect(query.getAll('resource')).toEqual(['https://a.example', 'https://b.example'])
    expect(queryOf(url)).toMatchObject({
      redirect_uri: 'https://app.example/other?x=1',
      scope: 'a b',
      state: 'S',
      response_mode: 'form_post',
      login_hint: 'alice',
    })
    expect(query.has('prompt')).toBe(false)
  })

  it('has no empty scope', async () => {
    expect(new URL((await client({ scope: [] }).createAuthorizationUrl()).url).searchParams.has('scope')).toBe(false)
  })

  it.each([
    'client_id',
    'response_type',
    'redirect_uri',
    'scope',
    'state',
    'response_mode',
    'code_challenge',
    'code_challenge_method',
    'dpop_jkt',
    'request',
    'request_uri',
  ])('does not let "parameters" replace %s', async (name) => {
    await expect(client().createAuthorizationUrl({ parameters: { [name]: 'x' } })).rejects.toThrow(
      `createAuthorizationUrl: "${name}" cannot be set through "parameters"`,
    )
  })

  it('wants a redirect URI', async () => {
    const { redirectUri: _, ...options } = {
      redirectUri: '',
      clientId: 'app',
      authorizeUrl: 'https://op.example/authorize',
    }
    await expect(new OAuth2Client(options).createAuthorizationUrl()).rejects.toThrow(
      'createAuthorizationUrl: "redirectUri" is missing: give it here or to the client',
    )
  })

  it('wants an authorization endpoint', async () => {
    const lacking = new OAuth2Client({ clientId: 'app', accessTokenUrl: 'https://op.example/token' })
    await expect(lacking.createAuthorizationUrl()).rejects.toMatchObject({
      code: 'endpoint_missing',
      parameter: 'authorization_endpoint',
    })
  })
})

describe('what the options add to the authorization request', () => {
  it('stands below what a call says', async () => {
    const settled = client({ authorizeParams: { prompt: 'login', hd: 'example.com' } })
    expect(queryOf((await settled.createAuthorizationUrl()).url)).toMatchObject({ prompt: 'login', hd: 'example.com' })
    const { url } = await settled.createAuthorizationUrl({ parameters: { prompt: 'none' } })
    expect(queryOf(url)).toMatchObject({ prompt: 'none', hd: 'example.com' })
    const silent = await settled.createAuthorizationUrl({ parameters: { prompt: undefined } })
    expect(queryOf(silent.url)['prompt']).toBe('login')
  })

  it('stands below what a call says by an option, and holds where neither says anything', async () => {
    const settled = client({ authorizeParams: { resource: 'https://a.example' } })
    const { url } = await settled.createAuthorizationUrl({ resource: 'https://b.example' })
    expect(new URL(url).searchParams.getAll('resource')).toEqual(['https://b.example'])
    const usual = await settled.createAuthorizationUrl()
    expect(new URL(usual.url).searchParams.getAll('resource')).toEqual(['https://a.example'])
  })

  it('RFC 8707 §2.1: names the resources, and keeps those of one call for its code', async () => {
    const settled = client({ resource: 'https://a.example' })
    const usual = await settled.createAuthorizationUrl()
    expect(new URL(usual.url).searchParams.getAll('resource')).toEqual(['https://a.example'])
    expect(usual.resource).toBeUndefined()
    const resource = ['https://b.example', 'https://c.example']
    const other = await settled.createAuthorizationUrl({ resource })
    expect(new URL(other.url).searchParams.getAll('resource')).toEqual(resource)
    expect(other.resource).toEqual(resource)
  })

  it('RFC 9396 §5: says in detail what is asked for', async () => {
    const settled = client({ authorizationDetails: [{ type: 'usual' }] })
    expect(queryOf((await settled.createAuthorizationUrl()).url)['authorization_details']).toBe('[{"type":"usual"}]')
    const { url } = await settled.createAuthorizationUrl({ authorizationDetails: [{ type: 'payment', amount: 5 }] })
    expect(queryOf(url)['authorization_details']).toBe('[{"type":"payment","amount":5}]')
  })
})

describe('RFC 7636 §4.2 the code challenge', () => {
  it('is the one of appendix B for its verifier', async () => {
    const { url } = await client().createAuthorizationUrl({
      codeVerifier: 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk',
    })
    expect(queryOf(url)['code_challenge']).toBe('E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM')
  })

  it('is left out only where the client is told so', async () => {
    const lines: string[] = []
    const write = (line: string): void => void lines.push(line)
    const logger = { debug: write, info: write, warn: write, error: write }
    const { url, codeVerifier } = await client({ codeChallengeMethod: 'none', logger }).createAuthorizationUrl()
    expect(lines).toEqual(['PKCE is off: codes of this client are not bound to a verifier'])
    expect(queryOf(url)).not.toHaveProperty('code_challenge')
    expect(queryOf(url)).not.toHaveProperty('code_challenge_method')
    expect(codeVerifier).toBeUndefined()
  })
})
