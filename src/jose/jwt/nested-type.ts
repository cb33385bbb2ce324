/** Whether a token says that there is another one in it. @spec RFC 7519 §5.2 */
export function isNested({ cty }: { readonly cty?: string }): boolean {
  const type = cty?.toLowerCase()
  return type === 'jwt' || type === 'application/jwt'
}
