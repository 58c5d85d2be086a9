/** FNV-1a, 64 bits, as 16 hex digits. It tells versions apart; it protects from nothing. */
export function fingerprint(text: string): string {
  let [high, low] = [0xcbf29ce4, 0x84222325]
  const mix = (byte: number) => {
    low ^= byte
    // The prime is 2^40 + 0x1b3. A half times 0x1b3 fits into a double, what exceeds 32 bits is carried.
    const product = (low >>> 0) * 0x1b3
    high = (Math.imul(high, 0x1b3) + (low << 8) + Math.floor(product / 0x1_0000_0000)) | 0
    low = product | 0
  }
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    mix(unit & 0xff)
    if (unit > 0xff) mix(unit >>> 8)
  }
  return hex(high) + hex(low)
}

function hex(half: number): string {
  return (half >>> 0).toString(16).padStart(8, "0")
}
