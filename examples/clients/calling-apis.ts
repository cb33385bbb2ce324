import { expect } from './expect.ts'
import { logIn, program, redirectUriFor } from './log-in.ts'
import { startProvider } from './provider.ts'

// #region guide

import { OAuth2Client, readChallenge, type StepUp, stepUp, type TokenSet } from 'authwright/oauth2/client'

export async function listFiles(client: OAuth2Client, token: TokenSet): Promise<string[]> {
  const response = await client.get('files', { token })
  if (!response.ok) throw new Error(`files cannot be listed: status ${response.status}`)
  const { files } = await response.json()
  return files
}

/** @returns what to log in with, where the token allows too little. */
export async function deleteFile(client: OAuth2Client, token: TokenSet): Promise<StepUp | undefined> {
  const response = await client.delete('files/1', { token })
  if (response.ok) return undefined
  const more = stepUp(readChallenge(response), { scope: token.scope })
  if (more === undefined) throw new Error(`the file cannot be deleted: status ${response.status}`)
  return more
}
// #endregion

const provider = await startProvider({ clients: [program] })
const { issuer, apiBaseUrl } = provider
const client = new OAuth2Client({ clientId: 'program', issuer, apiBaseUrl, redirectUri: redirectUriFor(provider) })

const token = await logIn(client, 'files')
const files = await listFiles(client, token)
expect(files.length === 1, `the API lists files: ${files}`)

const more = await deleteFile(client, token)
const wanted = more?.scope.join(' ')
expect(wanted === 'files files:write', `to delete one, it wants a token for more: ${wanted}`)
const stronger = await logIn(client, more?.scope ?? [])
expect((await deleteFile(client, stronger)) === undefined, 'with that one, the file is gone')

await provider.stop()
