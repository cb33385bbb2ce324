/** The polynomial of IEEE 802.3, its bits in reverse. */
const POLYNOMIAL = 0xedb88320

let table: Uint32Array | undefined

/** The CRC-32 of ASCII text, as zip and PNG have it: it tells slips of the pen, not forgeries. */
export function crc32(text: string): number {
  table ??= makeTable()
  let crc = 0xffffffff
  for (let index = 0; index < text.length; index++) {
    crc = (crc >>> 8) ^ (table[(crc ^ text.charCodeAt(index)) & 0xff] ?? 0)
  }
  return (crc ^ 0xffffffff) >>> 0
}

function makeTable(): Uint32Array {
  return Uint32Array.from({ length: 256 }, (_, byte) => {
    let value = byte
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ POLYNOMIAL : value >>> 1
    return value
  })
}
