interface Payload {
  readonly grantId?: string
  readonly uid?: string
  readonly userCode?: string
  consumed?: number
}

/** What oidc-provider keeps, outside of any one instance of it. Nothing expires: tests are short. */
export class SharedMemory {
  readonly #entries: Map<string, Payload> = new Map()

  /** The adapter of one kind of record, as oidc-provider asks for it. */
  readonly adapter = (model: string): object => {
    const entries = this.#entries
    const key = (id: string): string => `${model}:${id}`
    const findWhere = (fits: (payload: Payload) => boolean): Payload | undefined =>
      [...entries].find(([name, payload]) => name.startsWith(`${model}:`) && fits(payload))?.[1]
    return {
      upsert: async (id: string, payload: Payload) => void entries.set(key(id), payload),
      find: async (id: string) => entries.get(key(id)),
      findByUserCode: async (userCode: string) => findWhere((payload) => payload.userCode === userCode),
      findByUid: async (uid: string) => findWhere((payload) => payload.uid === uid),
      consume: async (id: string) => {
        const payload = entries.get(key(id))
        if (payload !== undefined) payload.consumed = Math.floor(Date.now() / 1000)
      },
      destroy: async (id: string) => void entries.delete(key(id)),
      revokeByGrantId: async (grantId: string) => {
        for (const [name, payload] of entries) if (payload.grantId === grantId) entries.delete(name)
      },
    }
  }
}
