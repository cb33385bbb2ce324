// @ts-check
// Which modules share a file of dist. What one entry alone needs is in the entry's own file; the rest is put into as few
// files as pay: a file costs each import of an entry that loads it a fixed time, and what is in it a time by its length.

/** What opening, reading and linking one more file costs, in the bytes of source that take as long to read. */
const FILE_COST = 100_000

/**
 * @typedef {object} Module
 * @property {number} size of its source, in bytes
 * @property {string} room modules of other rooms than its own are never loaded for an entry's convenience
 */

/**
 * Modules that go into one file.
 *
 * @typedef {object} Chunk
 * @property {readonly string[]} modules
 * @property {ReadonlySet<string>} rooms
 * @property {ReadonlySet<string>} entries who loads them
 * @property {number} size
 */

/**
 * @param {ReadonlyMap<string, readonly string[]>} entries the modules of each entry
 * @param {ReadonlyMap<string, Module>} modules
 * @returns {Map<string, number>} the number of the file that a module goes into; those of one entry alone are not there
 */
export function planChunks(entries, modules) {
  const homes = new Map([...entries].map(([entry, paths]) => [entry, roomsOf(paths, modules)]))
  let chunks = groupByEntries(entries, modules)
  for (let merged = mergeBest(chunks, homes); merged !== undefined; merged = mergeBest(chunks, homes)) chunks = merged
  return new Map(
    chunks.flatMap(({ modules: paths }, index) => paths.map((path) => /** @type {const} */ ([path, index]))),
  )
}

/**
 * Modules that the same entries need are never apart.
 *
 * @param {ReadonlyMap<string, readonly string[]>} entries
 * @param {ReadonlyMap<string, Module>} modules
 * @returns {readonly Chunk[]}
 */
function groupByEntries(entries, modules) {
  /** @type {Map<string, Set<string>>} */
  const users = new Map()
  for (const [entry, paths] of entries) {
    for (const path of paths) users.set(path, (users.get(path) ?? new Set()).add(entry))
  }
  /** @type {Map<string, Chunk>} */
  const chunks = new Map()
  for (const path of [...users.keys()].sort()) {
    const shared = users.get(path) ?? new Set()
    const chunk = {
      modules: [path],
      rooms: roomsOf([path], modules),
      entries: shared,
      size: modules.get(path)?.size ?? 0,
    }
    const known = chunks.get([...shared].join())
    if (shared.size > 1) chunks.set([...shared].join(), known === undefined ? chunk : join(known, chunk))
  }
  return [...chunks.values()]
}

/**
 * @param {readonly string[]} paths
 * @param {ReadonlyMap<string, Module>} modules
 */
function roomsOf(paths, modules) {
  return new Set(paths.map((path) => modules.get(path)?.room ?? ''))
}

/**
 * The chunks with those two joined that gain most; nothing where no pair gains.
 *
 * @param {readonly Chunk[]} chunks
 * @param {ReadonlyMap<string, ReadonlySet<string>>} homes the rooms that an entry reaches by itself
 */
function mergeBest(chunks, homes) {
  let most = 0
  /** @type {readonly Chunk[] | undefined} */
  let merged
  for (const [index, one] of chunks.entries()) {
    for (const other of chunks.slice(index + 1)) {
      const joined = join(one, other)
      const gain = costOf(one) + costOf(other) - costOf(joined)
      if (gain <= most || !staysAtHome(joined, homes)) continue
      most = gain
      merged = [...chunks.filter((chunk) => chunk !== one && chunk !== other), joined]
    }
  }
  return merged
}

/**
 * @param {Chunk} one
 * @param {Chunk} other
 * @returns {Chunk}
 */
function join(one, other) {
  return {
    modules: [...one.modules, ...other.modules],
    rooms: new Set([...one.rooms, ...other.rooms]),
    entries: new Set([...one.entries, ...other.entries]),
    size: one.size + other.size,
  }
}

/** @param {Chunk} chunk */
function costOf({ entries, size }) {
  return entries.size * (FILE_COST + size)
}

/**
 * No entry loads anything out of a room that it has nothing to do with.
 *
 * @param {Chunk} chunk
 * @param {ReadonlyMap<string, ReadonlySet<string>>} homes
 */
function staysAtHome({ rooms, entries }, homes) {
  return [...entries].every((entry) => [...rooms].every((room) => homes.get(entry)?.has(room) === true))
}
