// A chain's name is its device key and a number that the device chose for it (spec/log.md §2).

import type { ChainKey, DeviceKey } from '../brand.ts';
import { toHex } from '../bytes/hex.ts';

const deviceDigits = 64;

/** `chainNumber` is 8 bytes; a device never uses one number for two chains. */
export function chainKeyOf(device: DeviceKey, chainNumber: Uint8Array): ChainKey {
  if (chainNumber.length !== 8) throw new Error('a chain number has 8 bytes');
  return `${device}${toHex(chainNumber)}` as ChainKey;
}

export function deviceOf(chain: ChainKey): DeviceKey {
  return chain.slice(0, deviceDigits) as DeviceKey;
}
