// Lower-case hexadecimal text: how bytes become names that fit as keys of maps.

/** The part of newer engines' Uint8Array that es2024 does not describe yet. */
interface NativeHex {
  readonly toHex?: () => string;
}

const digits = '0123456789abcdef';
const textOfByte: readonly string[] = Array.from(
  { length: 256 },
  (_, byte) => `${digits[byte >> 4] ?? ''}${digits[byte & 15] ?? ''}`,
);

/** Two lower-case digits a byte. */
export function toHex(bytes: Uint8Array): string {
  const native = bytes as Uint8Array & NativeHex;
  if (native.toHex !== undefined) return native.toHex();
  let text = '';
  for (const byte of bytes) text += textOfByte[byte] ?? '';
  return text;
}

const valueOfCode: Uint8Array = new Uint8Array(128).fill(0xff);
for (let value = 0; value < digits.length; value += 1) {
  valueOfCode[digits.charCodeAt(value)] = value;
}

/** The bytes of our own lower-case hex. Throws on anything else, which only a fault of ours can bring here. */
export function fromHex(hex: string): Uint8Array {
  const bytes = new Uint8Array(hex.length >> 1);
  let seen = hex.length & 1 ? 0xff : 0;
  for (let at = 0; at < bytes.length; at += 1) {
    const high = valueOfCode[hex.charCodeAt(2 * at)] ?? 0xff;
    const low = valueOfCode[hex.charCodeAt(2 * at + 1)] ?? 0xff;
    seen |= high | low;
    bytes[at] = (high << 4) | low;
  }
  if (seen > 15) throw new Error('not lower-case hex');
  return bytes;
}
