import { createHash, timingSafeEqual } from 'node:crypto'
import OAuth2Server from '@node-oauth/oauth2-server'
import express, { type Request, type Response } from 'express'
import { audience, clientId, clientSecret, issuer, lifetime, paths, person, redirectUri, scope } from '../subject.ts'
import { generateKey, jwtSigner } from './keys.ts'
import { scenarioName, serve } from './serve.ts'

/*
 * @node-oauth/oauth2-server on Express, as its documentation shows it. What it leaves to a model is written as sparingly as
 * the limit: secrets and tokens are hashed, everything is kept in maps.
 */

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
const id = (text: string): string => digest(text).toString('base64url')
const secretDigest = digest(clientSecret)
const client = { id: clientId, grants: ['authorization_code', 'client_credentials'], redirectUris: [redirectUri] }
const codes = new Map<string, OAuth2Server.AuthorizationCode>()
const tokens = new Map<string, OAuth2Server.Token>()
const signToken = jwtSigner(generateKey('ES256'), 'at+jwt')

/** What it looks up and keeps. */
const model: OAuth2Server.AuthorizationCodeModel & OAuth2Server.ClientCredentialsModel = {
  async getClient(asked, secret) {
    const isRight = secret === null || timingSafeEqual(digest(secret), secretDigest)
    return asked === clientId && isRight && client
  },
  getUserFromClient: async () => ({ id: clientId }),
  validateScope: async (_user, _client, asked) => asked?.every((name) => name === scope) === true && asked,
  async saveToken(token, tokenClient, user) {
    const kept = { ...token, client: tokenClient, user }
    tokens.set(id(token.accessToken), kept)
    return kept
  },
  getAccessToken: async (token) => tokens.get(id(token)),
  async saveAuthorizationCode(code, codeClient, user) {
    const kept = { ...code, client: codeClient, user }
    codes.set(id(code.authorizationCode), kept)
    return kept
  },
  getAuthorizationCode: async (code) => codes.get(id(code)),
  revokeAuthorizationCode: async ({ authorizationCode }) => codes.delete(id(authorizationCode)),
  ...(scenarioName === 'token-jwt' && { generateAccessToken: async () => jwt() }),
}

function jwt(): string {
  const now = Math.floor(Date.now() / 1000)
  const jti = createHash('sha256').update(String(performance.now())).digest('base64url')
  const named = { iss: issuer, sub: clientId, aud: audience, client_id: clientId, scope, jti }
  return signToken({ ...named, iat: now, exp: now + lifetime })
}

const oauth = new OAuth2Server({ model, accessTokenLifetime: lifetime })

/** It works with requests and responses of its own kind. */
function route(work: (request: OAuth2Server.Request, response: OAuth2Server.Response) => Promise<unknown>) {
  return async (request: Request, outgoing: Response): Promise<void> => {
    const response = new OAuth2Server.Response(outgoing)
    await work(new OAuth2Server.Request(request), response).catch(() => undefined)
    outgoing.set(response.headers ?? {}).status(response.status ?? 500)
    if (response.status === 302) outgoing.set('content-length', '0').end()
    else outgoing.json(response.body)
  }
}

const app = express().disable('x-powered-by').disable('etag')
app.use(express.urlencoded({ extended: false }))
app.post(
  paths.token,
  route((request, response) => oauth.token(request, response)),
)
const authenticateHandler = { handle: () => ({ id: person.sub }) }
app.get(
  paths.authorize,
  route((request, response) => oauth.authorize(request, response, { authenticateHandler })),
)
serve(() => ({ listener: app }))
