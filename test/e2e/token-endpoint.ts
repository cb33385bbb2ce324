import { CALLBACK, SECRET, VERIFIER } from '../support/openid-provider.ts'

export interface Answer {
  readonly status: number
  readonly access_token?: string
  readonly refresh_token?: string
  readonly id_token?: string
  readonly error?: string
}

/** The client "app" asks for tokens, over the network and on a connection of its own. */
async function ask(origin: string, parameters: Record<string, string>): Promise<Answer> {
  const headers = { authorization: `Basic ${btoa(`app:${SECRET}`)}`, connection: 'close' }
  const body = new URLSearchParams(parameters)
  const response = await fetch(`${origin}/token`, { method: 'POST', headers, body })
  return { status: response.status, ...(await response.json()) }
}

export function redeem(origin: string, code: string): Promise<Answer> {
  return ask(origin, { grant_type: 'authorization_code', code, redirect_uri: CALLBACK, code_verifier: VERIFIER })
}

export function refresh(origin: string, token: string | undefined): Promise<Answer> {
  return ask(origin, { grant_type: 'refresh_token', refresh_token: token ?? '' })
}

/** What an access token is worth: the status of the userinfo endpoint. */
export async function userinfoStatus(origin: string, token: string | undefined): Promise<number> {
  const response = await fetch(`${origin}/userinfo`, { headers: { authorization: `Bearer ${token}` } })
  await response.arrayBuffer()
  return response.status
}
