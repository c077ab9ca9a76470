// Names are lower-case hex in core and blobs on the disk, which takes half the room.

export function toBlob(hex: string): Uint8Array {
  return Buffer.from(hex, 'hex');
}

export function toName(blob: Uint8Array): string {
  return Buffer.from(blob.buffer, blob.byteOffset, blob.byteLength).toString('hex');
}
