import type { Transport } from '../../../http/fetch.ts'
import { FetchError } from '../../../http/fetch-error.ts'
import { isStringArray } from '../../../util/assert.ts'
import { decodeUtf8 } from '../../../util/bytes.ts'
import { parseJsonArray } from '../../../util/json.ts'
import type { ClientMetadata, ClientMetadataProblem } from '../../client-metadata.ts'

/**
 * What is wrong with a client's sector: whoever runs it lists the redirect URIs of all its clients, and these must be among
 * them.
 *
 * @spec OIDC Registration §5
 */
export async function findSectorProblem(
  { sector_identifier_uri: uri, redirect_uris = [] }: ClientMetadata,
  transport: Transport,
): Promise<ClientMetadataProblem | undefined> {
  if (uri === undefined) return undefined
  const listed = await fetchList(uri, transport)
  const problem = (text: string): ClientMetadataProblem => ({
    member: 'sector_identifier_uri',
    problem: `"sector_identifier_uri" ${text}`,
  })
  if (listed === undefined) return problem('must lead to a JSON list of redirect URIs')
  return redirect_uris.every((redirect) => listed.includes(redirect))
    ? undefined
    : problem('must lead to a list that has each of "redirect_uris"')
}

async function fetchList(url: string, transport: Transport): Promise<readonly string[] | undefined> {
  try {
    const { status, body } = await transport({ url, headers: [['accept', 'application/json']] })
    const list = status === 200 ? parseJsonArray(decodeUtf8(body)) : undefined
    return isStringArray(list) ? list : undefined
  } catch (error) {
    // It cannot be reached, or what is there is no list: for the client it is the same.
    if (error instanceof FetchError || error instanceof SyntaxError || error instanceof TypeError) return undefined
    throw error
  }
}
