import type { MemoryKeyValueStore } from '../../src/stores/memory.ts'
import type { KeyValueStore } from '../../src/util/key-value-store.ts'
import type { Turn } from './stores-delegate.ts'

/** A store of clients that can be swept. */
export type SweptKeyValueStore = KeyValueStore & Pick<MemoryKeyValueStore, 'sweep'>

/** A store that passes every verb on to another one: plain members, so that a test can replace some of them. */
export function delegateKeyValues(store: SweptKeyValueStore, turn: Turn = (call) => call()): SweptKeyValueStore {
  return {
    get: (...given) => turn(() => store.get(...given)),
    set: (...given) => turn(() => store.set(...given)),
    setIfAbsent: (...given) => turn(() => store.setIfAbsent(...given)),
    replace: (...given) => turn(() => store.replace(...given)),
    take: (...given) => turn(() => store.take(...given)),
    delete: (...given) => turn(() => store.delete(...given)),
    sweep: (...given) => store.sweep(...given),
  }
}
