// The words between us and a router that opens ports (UPnP Internet Gateway Device, versions 1 and 2): written and read, not sent.

import { fail, ok } from '@parley/core';
import type { Result } from '@parley/core';
import { isNear } from './address.ts';

/** Where routers listen for who looks for them (UPnP Device Architecture, §1). */
export const SEARCH_PLACE = { host: '239.255.255.250', port: 1900 } as const;

/** Version 2 answers who asks for 1, but not every router does as it should. */
const DEVICES = ['InternetGatewayDevice:1', 'InternetGatewayDevice:2'] as const;

/** What leads ports, the likeliest first; all know the three actions that are used here. */
const SERVICE_TYPES = ['WANIPConnection:2', 'WANIPConnection:1', 'WANPPPConnection:1'].map(
  (name) => `urn:schemas-upnp-org:service:${name}`,
);
const SERVICES_MAX = 4;

export interface Service {
  readonly type: string;
  readonly control: URL;
}

/** What a router says no with. */
export const ROUTER_CODES = {
  conflict: 718,
  onlyPermanent: 725,
  conflictElsewhere: 729,
} as const;

export function searchMessages(): readonly Buffer[] {
  return DEVICES.map((device) =>
    Buffer.from(
      [
        'M-SEARCH * HTTP/1.1',
        `HOST: ${SEARCH_PLACE.host}:${SEARCH_PLACE.port}`,
        'MAN: "ssdp:discover"',
        'MX: 1',
        `ST: urn:schemas-upnp-org:device:${device}`,
        '\r\n',
      ].join('\r\n'),
    ),
  );
}

export type SearchReason = 'not-an-answer' | 'no-location' | 'elsewhere';

/**
 * Where whoever answered from `from` describes itself. Only its own place is taken: else anyone on the LAN could have us
 * ask any server for anything. Never throws.
 */
export function decodeSearchAnswer(bytes: Uint8Array, from: string): Result<URL, SearchReason> {
  const [first = '', ...lines] = Buffer.from(bytes).toString('latin1').split('\r\n');
  if (!/^HTTP\/1\.[01] 200\b/u.test(first)) return fail('not-an-answer');
  const line = lines.find((each) => /^location:/iu.test(each));
  const location = line === undefined ? null : URL.parse(line.slice('location:'.length).trim());
  if (location === null) return fail('no-location');
  const isItsOwn = location.protocol === 'http:' && location.hostname === from && isNear(from);
  return isItsOwn ? ok(location) : fail('elsewhere');
}

/** The services in a description that lead ports, the likeliest first; those at another host are left out. Never throws. */
export function servicesIn(description: string, location: URL): readonly Service[] {
  const base = URL.parse(elementText(description, 'URLBase') ?? '') ?? location;
  const found = description.split('<service>', SERVICES_SEEN_MAX).flatMap((part): Service[] => {
    const [inside = ''] = part.split('</service>', 1);
    const type = elementText(inside, 'serviceType') ?? '';
    const control = URL.parse(elementText(inside, 'controlURL') ?? '', base);
    if (!SERVICE_TYPES.includes(type) || control?.protocol !== 'http:') return [];
    return control.hostname === location.hostname ? [{ type, control }] : [];
  });
  return found
    .toSorted((one, other) => SERVICE_TYPES.indexOf(one.type) - SERVICE_TYPES.indexOf(other.type))
    .slice(0, SERVICES_MAX);
}

const SERVICES_SEEN_MAX = 256;

/** A call of an action; neither names nor values are escaped, so they must be ours. */
export function encodeCall(
  { type }: Service,
  action: string,
  args: Readonly<Record<string, string | number>>,
): string {
  const values = Object.entries(args).map(([name, value]) => `<${name}>${value}</${name}>`);
  return [
    '<?xml version="1.0"?>',
    '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"',
    ' s:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/"><s:Body>',
    `<u:${action} xmlns:u="${type}">${values.join('')}</u:${action}>`,
    '</s:Body></s:Envelope>',
  ].join('');
}

/** The text of the first element of this name, which has no other elements inside; null where there is none. */
export function elementText(xml: string, name: string): string | null {
  const opening = new RegExp(`<${name}(?:\\s[^<>]*)?>`, 'u').exec(xml);
  if (opening === null) return null;
  const start = opening.index + opening[0].length;
  const end = xml.indexOf('<', start);
  if (end < 0 || !xml.startsWith(`</${name}>`, end)) return null;
  return xml.slice(start, end).trim().replaceAll('&amp;', '&');
}
