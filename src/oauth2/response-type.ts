/** A response type is a set of words: `code id_token` and `id_token code` are one. @spec RFC 6749 §3.1.1 */
export function normalizeResponseType(responseType: string): string {
  return responseType.includes(' ') ? responseType.split(' ').filter(Boolean).sort().join(' ') : responseType
}
