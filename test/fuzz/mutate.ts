/** A number from 0 to below `limit`. */
export type Random = (limit: number) => number

/** Small, fast and the same for every run with one seed, so that what was found is found again. */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0
  return (limit) => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * limit)
  }
}

/** What parsers trip over. */
const tokens = [
  ...['.', '~', '=', '"', '\\', '{', '}', '[', ']', ':', ',', ' ', '\n', '\0', 'é', '\ud800', '__proto__'],
  ...['"alg"', '"none"', '"crit":["b64"]', '"b64":false', '"kty"', 'null', 'true', '1e999', '-0', '{}', '[]', '""'],
  ...['-----BEGIN ', '-----END ', 'PRIVATE KEY-----', '"_sd":[]', '{"...":""}', '"signatures":[]', '"zip":"DEF"'],
]

type Step = (text: string, random: Random, others: readonly string[]) => string

const cut = (text: string, random: Random): [at: number, length: number] => [
  random(text.length + 1),
  1 + random(Math.min(40, text.length + 1)),
]

const steps: readonly Step[] = [
  function flip(text, random) {
    const at = random(text.length)
    const flipped = String.fromCharCode(text.charCodeAt(at) ^ (1 << random(7)))
    return text.slice(0, at) + flipped + text.slice(at + 1)
  },
  function insert(text, random) {
    const at = random(text.length + 1)
    return text.slice(0, at) + (tokens[random(tokens.length)] ?? '') + text.slice(at)
  },
  function remove(text, random) {
    const [at, length] = cut(text, random)
    return text.slice(0, at) + text.slice(at + length)
  },
  function repeat(text, random) {
    const [at, length] = cut(text, random)
    return text.slice(0, at) + text.slice(at, at + length).repeat(1 + random(6)) + text.slice(at)
  },
  function splice(text, random, others) {
    const other = others[random(others.length)] ?? ''
    return text.slice(0, random(text.length + 1)) + other.slice(random(other.length + 1))
  },
  function within(text, random, others) {
    // Into what is encoded, and encoded again: past the first check, to those behind it.
    const segments = text.split(/([.~"\n])/)
    const at = 2 * random((segments.length + 1) / 2)
    const decoded = Buffer.from(segments[at] ?? '', 'base64url').toString('latin1')
    if (decoded === '') return text
    segments[at] = Buffer.from(mutateOnce(decoded, random, others), 'latin1').toString('base64url')
    return segments.join('')
  },
]

function mutateOnce(text: string, random: Random, others: readonly string[]): string {
  const step = steps[random(steps.length)]
  return step === undefined ? text : step(text, random, others)
}

/** A text like one of the seeds, changed in a few places. */
export function mutate(seeds: readonly string[], random: Random): string {
  let text = seeds[random(seeds.length)] ?? ''
  for (let left = 1 + random(4); left > 0; left--) text = mutateOnce(text, random, seeds)
  return text
}
