import type { Environment } from './environment.ts'
import { clientsFromEnvironment } from './environment.ts'
import { flattenOptions, layerOptions, type ProviderSettings } from './provider-options.ts'
import { fromSettings } from './settings.ts'

/** What is said about providers outside the code: in the environment, and below that in a settings object. */
export class SettingsSource {
  readonly #settings: Readonly<Record<string, ProviderSettings>>
  readonly #environment: Environment

  constructor(settings: unknown, environment: Environment | undefined) {
    this.#settings = settings === undefined ? {} : fromSettings(settings)
    this.#environment = environment ?? {}
  }

  /**
   * Whether anything is said about a provider that nobody registered. Variables have no case: of the many spellings that a
   * name may come in, out of an address perhaps, the one in lower case is a provider, or each would become one.
   */
  has(name: string): boolean {
    const isOneSpelling = Object.hasOwn(this.#settings, name) || name === name.toLowerCase()
    return isOneSpelling && Object.keys(this.read(name)).length > 0
  }

  /** Nothing at all where nobody says anything. */
  read(name: string): ProviderSettings {
    const below = Object.hasOwn(this.#settings, name) ? (this.#settings[name] ?? {}) : {}
    const { [name]: above = {} } = clientsFromEnvironment([name], this.#environment)
    return layerOptions(flattenOptions(name, above), flattenOptions(name, below))
  }
}
