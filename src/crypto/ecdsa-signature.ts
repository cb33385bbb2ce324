/**
 * ECDSA signatures come in two coats: DER from node:crypto, `r || s` in JOSE (RFC 7518 §3.4). Node can convert, but
 * from Node 24 on its `dsaEncoding` option costs 27 µs a call; these two functions cost less than one.
 */

/** Takes `SEQUENCE { INTEGER r, INTEGER s }`, as made by the platform, to `r || s` in `raw`: `2 * width` zeroed bytes. */
export function derToRaw<Raw extends Uint8Array>(der: Uint8Array, width: number, raw: Raw): Raw {
  // The sequence of a P-521 signature is longer than 127 bytes: its length takes a second byte.
  const first = (der[1] ?? 0) < 0x80 ? 2 : 3
  const second = copyInteger(der, first, raw, width)
  copyInteger(der, second, raw, 2 * width)
  return raw
}

/** Copies the INTEGER at `offset` so that it ends before `end`; answers with the offset behind it. */
function copyInteger(der: Uint8Array, offset: number, raw: Uint8Array, end: number): number {
  const stop = offset + 2 + (der[offset + 1] ?? 0)
  let from = offset + 2
  while (der[from] === 0 && from < stop - 1) from++
  let to = end - (stop - from)
  while (from < stop) raw[to++] = der[from++] ?? 0
  return stop
}

/**
 * Takes `r || s` to DER, for the platform to verify.
 *
 * @param allocate makes room for so many bytes; all of them are written. A `Uint8Array` of this size lies outside the
 * heap of V8 and takes four times as long to make as to fill.
 */
export function rawToDer(raw: Uint8Array, allocate: (length: number) => Uint8Array): Uint8Array {
  const width = raw.length / 2
  const r = integerAt(raw, 0, width)
  const s = integerAt(raw, width, raw.length)
  const length = r.length + s.length
  const der = allocate(length + (length < 0x80 ? 2 : 3))
  let offset = 0
  der[offset++] = 0x30
  if (length >= 0x80) der[offset++] = 0x81
  der[offset++] = length
  offset = writeInteger(raw, r, der, offset)
  writeInteger(raw, s, der, offset)
  return der
}

interface IntegerSpan {
  readonly start: number
  readonly end: number
  readonly padded: boolean
  /** Tag, length and content together. */
  readonly length: number
}

/** The shortest form of the number in `raw[start, end)`: no leading zeros, one again where the top bit would mean minus. */
function integerAt(raw: Uint8Array, start: number, end: number): IntegerSpan {
  let first = start
  while (raw[first] === 0 && first < end - 1) first++
  const padded = (raw[first] ?? 0) >= 0x80
  return { start: first, end, padded, length: 2 + (end - first) + (padded ? 1 : 0) }
}

function writeInteger(raw: Uint8Array, span: IntegerSpan, der: Uint8Array, at: number): number {
  let offset = at
  der[offset++] = 0x02
  der[offset++] = span.length - 2
  if (span.padded) der[offset++] = 0
  for (let index = span.start; index < span.end; index++) der[offset++] = raw[index] ?? 0
  return offset
}
