import { describe, expect, it } from 'vitest'
import { clientsFromEnvironment } from './environment.ts'
import { OAuth } from './oauth.ts'
import { fromSettings } from './settings.ts'

const secret = 'a secret that is long enough: 0123456789'

describe('settings shaped like AUTHLIB_OAUTH_CLIENTS', () => {
  it('are read in snake_case and in camelCase, and what is null is not said', () => {
    const settings = {
      google: {
        client_id: 'id',
        client_secret: null,
        access_token_url: 'https://op.example/token',
        access_token_params: { a: 'b' },
        refresh_token_url: undefined,
        authorize_params: { prompt: 'login' },
        api_base_url: 'https://api.example/',
        client_kwargs: { scope: 'openid email', token_endpoint_auth_method: 'none', token_placement: 'uri' },
        serverMetadataUrl: 'https://op.example/.well-known/openid-configuration',
      },
      github: null,
    }
    expect(fromSettings(settings)).toEqual({
      google: {
        clientId: 'id',
        accessTokenUrl: 'https://op.example/token',
        accessTokenParams: { a: 'b' },
        authorizeParams: { prompt: 'login' },
        apiBaseUrl: 'https://api.example/',
        clientOptions: { scope: 'openid email', tokenEndpointAuthMethod: 'none', tokenPlacement: 'query' },
        serverMetadataUrl: 'https://op.example/.well-known/openid-configuration',
      },
      github: {},
    })
  })

  it('are refused with all that is wrong, and never with what was written', () => {
    const wrong = {
      a: { client_id: 7, client_secrets: 'hush', authorize_params: { p: 1 }, leeway: '5', jwks: [], scope: [1] },
      b: 'text',
      c: { client_kwargs: { scop: 'x' } },
    }
    expect(() => fromSettings(wrong)).toThrow(
      'OAuth settings: "a.client_id" must be a text; "a.client_secrets" is unknown; "a.authorize_params" must be an object of texts; ' +
        '"a.leeway" must be a number; "a.jwks" must be an object; "a.scope" must be a text or a list of texts; "b" must be an object; ' +
        '"c.client_kwargs.scop" is unknown',
    )
    expect(() => fromSettings('x')).toThrow('OAuth settings: expected an object of providers')
  })

  it('are refused where one thing is said in two spellings: nobody knows which of them was meant', () => {
    expect(() =>
      fromSettings({ op: { client_id: 'one', clientId: 'two', client_kwargs: {}, clientOptions: {} } }),
    ).toThrow(
      'OAuth settings: "op.clientId" is said twice, in two spellings; "op.clientOptions" is said twice, in two spellings',
    )
  })

  it('say what was written, whatever objects inherit', () => {
    expect(fromSettings({ op: { token_placement: 'constructor' } })).toEqual({ op: { tokenPlacement: 'constructor' } })
    expect(() => fromSettings(JSON.parse('{"op":{"__proto__":{},"constructor":{}}}'))).toThrow(
      'OAuth settings: "op.__proto__" is unknown; "op.constructor" is unknown',
    )
  })
})

describe('providers in the environment', () => {
  it('have upper-case names, and every key may be left out', () => {
    const environment = {
      MY_OP_CLIENT_ID: 'id',
      MY_OP_CLIENT_SECRET: 's3cret',
      MY_OP_AUTHORIZE_PARAMS: '{"prompt":"login"}',
      MY_OP_ACCESS_TOKEN_PARAMS: 'a=b&c=d%20e',
      MY_OP_CLIENT_KWARGS: '{"scope":"openid","token_endpoint_auth_method":"client_secret_post"}',
      MY_OP_LEEWAY: '30',
      MY_OP_API_BASE_URL: '',
      MY_OP_SURPRISE: 'x',
      OTHER_CLIENT_ID: 'other',
    }
    expect(clientsFromEnvironment(['my-op', 'absent'], environment)).toEqual({
      'my-op': {
        clientId: 'id',
        clientSecret: 's3cret',
        authorizeParams: { prompt: 'login' },
        accessTokenParams: { a: 'b', c: 'd e' },
        clientOptions: { scope: 'openid', tokenEndpointAuthMethod: 'client_secret_post' },
        leeway: 30,
      },
      absent: {},
    })
  })

  it('are not read where a longer name only begins alike', () => {
    expect(clientsFromEnvironment(['git'], { GIT_HUB_CLIENT_ID: 'x' })).toEqual({ git: {} })
  })

  it('are refused where parameters are neither JSON nor pairs', () => {
    expect(() => clientsFromEnvironment(['op'], { OP_AUTHORIZE_PARAMS: '{prompt' })).toThrow(
      'OAuth environment: "OP_AUTHORIZE_PARAMS" must be JSON, or parameters as in a query',
    )
    expect(() => clientsFromEnvironment(['op'], { OP_AUTHORIZE_PARAMS: 'login' })).toThrow(
      '"OP_AUTHORIZE_PARAMS" must be JSON',
    )
  })

  it('do not make a public client of one whose secret did not arrive', () => {
    const oauth = new OAuth({
      secret,
      environment: { OP_CLIENT_ID: 'id', OP_CLIENT_SECRET: '', OP_ISSUER: 'https://op.example' },
    })
    expect(() => oauth.register('op')).toThrow('"clientSecret" is there but empty')
  })
})

describe('authlib-parity §7.9.10: code and settings', () => {
  const settings = {
    op: { client_id: 'settings', authorize_params: { prompt: 'login', hd: 'a' }, issuer: 'https://op.example' },
  }
  const idOf = (url: string): string | null => new URL(url).searchParams.get('client_id')

  it('the code wins, and the settings fill in', () => {
    const oauth = new OAuth({ secret, settings }).register('op', { clientId: 'code' })
    expect(oauth.op.clientId).toBe('code')
    expect(new OAuth({ secret, settings }).register('op').op.clientId).toBe('settings')
  })

  it('overwrite turns that around', () => {
    const oauth = new OAuth({ secret, settings }).register('op', { clientId: 'code' }, { overwrite: true })
    expect(oauth.op.clientId).toBe('settings')
  })

  it('the environment stands above the settings', () => {
    const oauth = new OAuth({ secret, settings, environment: { OP_CLIENT_ID: 'environment' } }).register('op')
    expect(oauth.op.clientId).toBe('environment')
  })

  it('parameters are joined one by one', async () => {
    const metadata = {
      authorization_endpoint: 'https://op.example/authorize',
      token_endpoint: 'https://op.example/token',
    }
    const code = { authorizeParams: { prompt: 'none' }, serverMetadata: metadata }
    const { op } = new OAuth({ secret, settings }).register('op', code)
    const { url } = await op.createAuthorizationUrl({ redirectUri: 'https://app.example/cb' })
    expect(Object.fromEntries(new URL(url).searchParams)).toMatchObject({ prompt: 'none', hd: 'a' })
    expect(idOf(url)).toBe('settings')
  })

  it('what only the settings know is there under its name, once', () => {
    const oauth = new OAuth({
      secret,
      settings,
      environment: { TWO_CLIENT_ID: '2', TWO_ISSUER: 'https://two.example' },
    })
    expect(oauth.createClient('op')).toBe(oauth.createClient('op'))
    expect(oauth.createClient('two').clientId).toBe('2')
    expect(() => oauth.createClient('toString')).toThrow('OAuth: no client is registered under this name')
  })

  it('is not there under every spelling that an address may bring', () => {
    const environment = { TWO_CLIENT_ID: '2', TWO_ISSUER: 'https://two.example' }
    const oauth = new OAuth({
      secret,
      settings: { myOp: { client_id: 'my', issuer: 'https://op.example' } },
      environment,
    })
    for (const name of ['Two', 'tWO', 'TWO', 'MyOp']) {
      expect(() => oauth.createClient(name)).toThrow('OAuth: no client is registered under this name')
    }
    expect(oauth.createClient('myOp').clientId).toBe('my')
    expect(oauth.register('Two').Two.clientId).toBe('2')
  })
})
