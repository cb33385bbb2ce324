import { basic, clientSecret, form, path, scope } from './subject.ts'

/** @throws Error where a server does not do what it is measured for: a token for the right secret, none for a wrong one. */
export async function checkServer(name: string, origin: string): Promise<void> {
  const answer = await ask(origin, clientSecret)
  const token: unknown = await answer.json()
  const refusal = await ask(origin, `${clientSecret}x`)
  await refusal.arrayBuffer()
  if (answer.status !== 200 || !isToken(token)) throw new Error(`${name} does not answer with a token`)
  if (refusal.status !== 401) throw new Error(`${name} does not refuse a wrong secret`)
}

function ask(origin: string, secret: string): Promise<Response> {
  return fetch(new URL(path, origin), {
    method: 'POST',
    headers: { authorization: basic(secret), 'content-type': 'application/x-www-form-urlencoded' },
    body: form,
  })
}

function isToken(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  const { access_token, token_type, scope: granted } = value as Record<string, unknown>
  return typeof access_token === 'string' && access_token.length >= 43 && token_type === 'Bearer' && granted === scope
}
