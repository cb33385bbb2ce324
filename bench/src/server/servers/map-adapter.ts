import type { Adapter, AdapterPayload } from 'oidc-provider'

/** Who is found by something other than their identifier. */
const byUid = new Map<string, string>()
const stored = new Map<string, AdapterPayload>()
const grants = new Map<string, string[]>()

/** Keeps everything of oidc-provider in memory, as the other servers do; the adapter that it brings forgets after a thousand. */
export class MapAdapter implements Adapter {
  readonly #model: string

  constructor(model: string) {
    this.#model = model
  }

  async upsert(id: string, payload: AdapterPayload): Promise<undefined> {
    const key = this.#key(id)
    stored.set(key, payload)
    if (payload.uid !== undefined && this.#model === 'Session') byUid.set(payload.uid, id)
    if (payload.grantId === undefined || this.#model === 'Session') return
    const keys = grants.get(payload.grantId)
    if (keys === undefined) grants.set(payload.grantId, [key])
    else keys.push(key)
  }

  async find(id: string): Promise<AdapterPayload | undefined> {
    return stored.get(this.#key(id))
  }

  async findByUid(uid: string): Promise<AdapterPayload | undefined> {
    return this.find(byUid.get(uid) ?? '')
  }

  /** Nothing that is measured has user codes. */
  async findByUserCode(): Promise<undefined> {}

  async consume(id: string): Promise<undefined> {
    const payload = stored.get(this.#key(id))
    if (payload !== undefined) payload.consumed = Math.floor(Date.now() / 1000)
  }

  async destroy(id: string): Promise<undefined> {
    stored.delete(this.#key(id))
  }

  async revokeByGrantId(grantId: string): Promise<undefined> {
    for (const key of grants.get(grantId) ?? []) stored.delete(key)
    grants.delete(grantId)
  }

  #key(id: string): string {
    return `${this.#model}:${id}`
  }
}
