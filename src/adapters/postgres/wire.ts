/** What a parameter of a statement may be: arrays go as they are on the wire, which neither side has to escape. */
export type Value = null | string | number | boolean | Buffer

// The numbers that PostgreSQL has for its types: the same in every database.
const byteaType = 17
const textType = 25
const bigintType = 20
const integerType = 23

// Number of dimensions, whether there are nulls, the type; then the length and the first index of the one dimension.
const headBytes = 20

/** A `text[]`. */
export function texts(values: readonly (string | null)[]): Buffer {
  if (values.length === 0) return nothing.texts
  const lengths = values.map(value => (value === null ? -1 : Buffer.byteLength(value)))
  const bytes = lengths.reduce((sum, length) => sum + 4 + Math.max(0, length), headBytes)
  const buffer = Buffer.allocUnsafe(bytes)
  let at = head(buffer, textType, values.length)
  values.forEach((value, i) => {
    at = buffer.writeInt32BE(lengths[i]!, at)
    if (value !== null) at += buffer.write(value, at)
  })
  return buffer
}

/** A `bytea[]`. */
export function byteas(values: readonly Buffer[]): Buffer {
  const buffer = Buffer.allocUnsafe(values.reduce((sum, { length }) => sum + 4 + length, headBytes))
  let at = head(buffer, byteaType, values.length)
  for (const value of values) at += value.copy(buffer, buffer.writeInt32BE(value.length, at)) + 4
  return buffer
}

/** A `bigint[]`. */
export function bigints(values: readonly (number | null)[]): Buffer {
  if (values.length === 0) return nothing.bigints
  const nulls = values.reduce<number>((count, value) => count + (value === null ? 1 : 0), 0)
  const buffer = Buffer.allocUnsafe(headBytes + values.length * 12 - nulls * 8)
  let at = head(buffer, bigintType, values.length)
  for (const value of values) {
    if (value === null) at = buffer.writeInt32BE(-1, at)
    else {
      at = buffer.writeInt32BE(8, at)
      const high = Math.floor(value / 2 ** 32)
      at = buffer.writeInt32BE(high, at)
      at = buffer.writeUInt32BE(value - high * 2 ** 32, at)
    }
  }
  return buffer
}

/** An `integer[]`. */
export function integers(values: readonly (number | null)[]): Buffer {
  if (values.length === 0) return nothing.integers
  const nulls = values.reduce<number>((count, value) => count + (value === null ? 1 : 0), 0)
  const buffer = Buffer.allocUnsafe(headBytes + values.length * 8 - nulls * 4)
  let at = head(buffer, integerType, values.length)
  for (const value of values) {
    if (value === null) at = buffer.writeInt32BE(-1, at)
    else at = buffer.writeInt32BE(value, buffer.writeInt32BE(4, at))
  }
  return buffer
}

function head(buffer: Buffer, type: number, length: number): number {
  let at = buffer.writeInt32BE(1, 0)
  at = buffer.writeInt32BE(1, at)
  at = buffer.writeInt32BE(type, at)
  at = buffer.writeInt32BE(length, at)
  return buffer.writeInt32BE(1, at)
}

function empty(type: number): Buffer {
  const buffer = Buffer.alloc(12)
  buffer.writeInt32BE(type, 8)
  return buffer
}

// Most columns of most batches. Nobody writes to what is sent.
const nothing = { texts: empty(textType), bigints: empty(bigintType), integers: empty(integerType) }
