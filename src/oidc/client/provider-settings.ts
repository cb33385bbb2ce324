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

  /** Nothing at all where nobody says anything. */
  read(name: string): ProviderSettings {
    const below = Object.hasOwn(this.#settings, name) ? (this.#settings[name] ?? {}) : {}
    const { [name]: above = {} } = clientsFromEnvironment([name], this.#environment)
    return layerOptions(flattenOptions(name, above), flattenOptions(name, below))
  }
}
