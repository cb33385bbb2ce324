/** A header's lower-case name and its value. */
export type Header = readonly [name: string, value: string]

/** A header's first value, by its lower-case name. */
export function headerOf(message: { readonly headers: readonly Header[] }, name: string): string | undefined {
  return message.headers.find(([other]) => other === name)?.[1]
}
