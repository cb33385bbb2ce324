import { RequestParameters } from '../../http/form.ts'
import type { Awaitable } from '../../util/awaitable.ts'

/** Parameters of a request to the authorization server, spelled as on the wire; a list repeats the parameter. */
export type WireParameters = Readonly<Record<string, string | readonly string[] | undefined>>

/** Parameters, or what makes them: anew for each try, where something in them may be used once. */
export type FormParameters = WireParameters | (() => Awaitable<WireParameters>)

/** Parameters over those that stand where they say nothing: what is undefined, or a list without entries, is not said. */
export function withDefaults(defaults: WireParameters, parameters: WireParameters): WireParameters {
  const said = Object.entries(parameters).filter(([, value]) => value !== undefined && !isEmptyList(value))
  return { ...defaults, ...Object.fromEntries(said) }
}

function isEmptyList(value: string | readonly string[]): boolean {
  return typeof value !== 'string' && value.length === 0
}

/** The form of some parameters; those without a value are left out. */
export function toForm(parameters: WireParameters): string {
  const entries = Object.entries(parameters).flatMap(([name, value]): [string, string][] => {
    if (value === undefined) return []
    return typeof value === 'string' ? [[name, value]] : value.map((item) => [name, item])
  })
  return RequestParameters.fromEntries(entries).toString()
}

/** Sets parameters in the query of a URL; a list repeats the parameter (RFC 8707 §2 has such ones). */
export function setParameters(url: URL, parameters: WireParameters): void {
  for (const [name, value] of Object.entries(parameters)) {
    if (value === undefined || value.length === 0) continue
    url.searchParams.delete(name)
    for (const item of typeof value === 'string' ? [value] : value) url.searchParams.append(name, item)
  }
}
