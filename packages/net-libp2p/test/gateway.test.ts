// Routers that open ports: what is read of them and what they are told. A real one is in test/net/reach.test.ts.

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { RouterError, openGateway } from '../src/gateway.ts';
import type { Gateway } from '../src/gateway.ts';
import { decodeSearchAnswer, elementText, servicesIn } from '../src/igd.ts';
import { NETWORK_LIMITS } from '../src/limits.ts';

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  await Promise.all(cleanUps.splice(0).map((cleanUp) => cleanUp()));
});

const service = (type: string, control: string): string =>
  `<service><serviceType>urn:schemas-upnp-org:service:${type}</serviceType><controlURL>${control}</controlURL></service>`;

const description = (...services: readonly string[]): string =>
  `<?xml version="1.0"?>\r\n<root xmlns="urn:schemas-upnp-org:device-1-0"><device><serviceList>${services.join('\n')}</serviceList></device></root>`;

/** As miniupnpd 2.3.1 gives it. */
const searchAnswer = (location: string): Buffer =>
  Buffer.from(
    `HTTP/1.1 200 OK\r\nCACHE-CONTROL: max-age=120\r\nST: urn:schemas-upnp-org:device:InternetGatewayDevice:1\r\nLOCATION: ${location}\r\nEXT:\r\n\r\n`,
  );

describe('an answer to a search', () => {
  const router = '192.168.1.1';

  test('names the place where the router describes itself', () => {
    const location = decodeSearchAnswer(searchAnswer(`http://${router}:5000/rootDesc.xml`), router);
    expect(location.ok && location.value.href).toBe('http://192.168.1.1:5000/rootDesc.xml');
  });

  test.each([
    'http://127.0.0.1:9464/metrics',
    'http://192.168.1.7:5000/rootDesc.xml',
    'http://router.example.org/rootDesc.xml',
    'http://192.168.1.1.example.org/',
    'http://192.168.1.1@203.0.113.9/',
    'https://192.168.1.1/',
    'file:///etc/passwd',
  ])('that sends us to %s is not followed', (location) => {
    expect(decodeSearchAnswer(searchAnswer(location), router)).toEqual({
      ok: false,
      reason: 'elsewhere',
    });
  });

  test('from far away is not followed', () => {
    const location = decodeSearchAnswer(searchAnswer('http://11.9.0.1:5000/'), '11.9.0.1');
    expect(location).toEqual({ ok: false, reason: 'elsewhere' });
  });

  test('that is anything else is refused with a reason', () => {
    const notify = Buffer.from(`NOTIFY * HTTP/1.1\r\nLOCATION: http://${router}/\r\n\r\n`);
    expect(decodeSearchAnswer(notify, router)).toEqual({ ok: false, reason: 'not-an-answer' });
    const nowhere = decodeSearchAnswer(searchAnswer('nowhere'), router);
    expect(nowhere).toEqual({ ok: false, reason: 'no-location' });
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        expect(decodeSearchAnswer(bytes, router).ok).toBe(false);
        const tail = Buffer.concat([Buffer.from('HTTP/1.1 200 OK\r\nLOCATION:'), bytes]);
        expect(decodeSearchAnswer(tail, router).ok).toBe(false);
      }),
    );
  });
});

describe('a description', () => {
  const location = new URL('http://192.168.1.1:5000/rootDesc.xml');

  test('has services that lead ports, the likeliest first', () => {
    const xml = description(
      service('Layer3Forwarding:1', '/ctl/L3F'),
      service('WANPPPConnection:1', '/ctl/PPP'),
      service('WANIPConnection:1', 'ctl/IPConn?a=1&amp;b=2'),
    );
    expect(servicesIn(xml, location).map(({ control }) => control.href)).toEqual([
      'http://192.168.1.1:5000/ctl/IPConn?a=1&b=2',
      'http://192.168.1.1:5000/ctl/PPP',
    ]);
  });

  test('cannot send us to another host', () => {
    const elsewhere = service('WANIPConnection:1', 'http://192.168.1.7/ctl');
    expect(servicesIn(description(elsewhere), location)).toEqual([]);
    const based = `<URLBase>http://10.0.0.1/</URLBase>${description(service('WANIPConnection:1', '/ctl'))}`;
    expect(servicesIn(based, location)).toEqual([]);
  });

  test('may be anything, and is bounded in what is made of it', () => {
    const part = fc.oneof(
      fc.string(),
      fc.constantFrom('<service>', '</service>', '<serviceType>', '<controlURL', '>', '<URLBase>'),
      fc.constant(service('WANIPConnection:1', '/ctl')),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 30 }), (parts) => {
        expect(servicesIn(parts.join(''), location).length).toBeLessThanOrEqual(4);
      }),
    );
  });
});

test('the text of an element is found with attributes, and not without an end', () => {
  expect(elementText('<a><Code dt:dt="string"> 718 </Code></a>', 'Code')).toBe('718');
  expect(elementText('<Codes>1</Codes><Code>2</Code>', 'Code')).toBe('2');
  expect(elementText('<Code>718', 'Code')).toBeNull();
  expect(elementText('<Code><b>1</b></Code>', 'Code')).toBeNull();
});

interface Called {
  readonly action: string;
  readonly body: string;
}

/** A router on this machine; it answers actions as it is told, and keeps what was called. */
async function fakeRouter(
  answer: (called: Called) => { readonly status: number; readonly body: string },
  describeItself: (response: ServerResponse) => void = (response) => {
    response.end(description(service('WANIPConnection:1', '/ctl')));
  },
): Promise<{ readonly location: URL; readonly calls: Called[] }> {
  const calls: Called[] = [];
  const server = createServer((request, response) => {
    if (request.method === 'GET') {
      describeItself(response);
      return;
    }
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const action = /#(\w+)"$/u.exec(String(request.headers['soapaction']))?.[1] ?? '';
      const called = { action, body: Buffer.concat(parts).toString() };
      calls.push(called);
      const { status, body } = answer(called);
      response.writeHead(status, { 'content-type': 'text/xml' }).end(body);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanUps.push(() => server.close());
  const { port } = server.address() as AddressInfo;
  return { location: new URL(`http://127.0.0.1:${port}/desc.xml`), calls };
}

const fault = (code: number): { readonly status: number; readonly body: string } => ({
  status: 500,
  body: `<s:Envelope><s:Body><s:Fault><detail><UPnPError><errorCode>${code}</errorCode><errorDescription>No</errorDescription></UPnPError></detail></s:Fault></s:Body></s:Envelope>`,
});
const hasAddress = {
  status: 200,
  body: '<s:Envelope><s:Body><u:R><NewExternalIPAddress>11.9.0.10</NewExternalIPAddress></u:R></s:Body></s:Envelope>',
};

describe('a router', () => {
  const asking = {
    own: '127.0.0.1',
    limits: NETWORK_LIMITS,
    signal: new AbortController().signal,
  };
  const { signal } = asking;

  async function opened(location: URL): Promise<Gateway> {
    const gateway = await openGateway(location, asking);
    if (gateway === null) throw new Error('no gateway');
    return gateway;
  }

  test('of the first version leads a port, and ends that', async () => {
    const { location, calls } = await fakeRouter(() => hasAddress);
    const gateway = await opened(location);
    expect(await gateway.outside(signal)).toBe('11.9.0.10');
    expect(await gateway.lead(4747, 4747, signal)).toBe(4747);
    await gateway.end(4747, signal);
    const [add, remove] = calls.slice(-2);
    expect(add?.action).toBe('AddPortMapping');
    expect(add?.body).toContain('<NewInternalClient>127.0.0.1</NewInternalClient>');
    expect(add?.body).toContain('<NewLeaseDuration>3600</NewLeaseDuration>');
    expect(remove?.action).toBe('DeletePortMapping');
    expect(remove?.body).toContain(
      '<NewExternalPort>4747</NewExternalPort><NewProtocol>TCP</NewProtocol>',
    );
  });

  test('where somebody else has the port leads another one', async () => {
    const { location } = await fakeRouter(({ body }) =>
      body.includes('<NewExternalPort>4747<') ? fault(718) : hasAddress,
    );
    const port = await (await opened(location)).lead(4747, 4747, signal);
    expect(port).toBeGreaterThanOrEqual(20_000);
    expect(port).toBeLessThan(60_000);
  });

  test('that knows no leases is asked for none, from then on', async () => {
    const { location, calls } = await fakeRouter(({ body }) =>
      body.includes('<NewLeaseDuration>3600<') ? fault(725) : hasAddress,
    );
    const gateway = await opened(location);
    expect(await gateway.lead(4747, 4747, signal)).toBe(4747);
    expect(await gateway.lead(4747, 4747, signal)).toBe(4747);
    expect(calls.filter(({ action }) => action === 'AddPortMapping')).toHaveLength(3);
  });

  test('that refuses is asked a few times at most', async () => {
    const { location, calls } = await fakeRouter(({ action }) =>
      action === 'AddPortMapping' ? fault(718) : hasAddress,
    );
    const gateway = await opened(location);
    await expect(gateway.lead(4747, 4747, signal)).rejects.toThrow(RouterError);
    const adds = calls.filter(({ action }) => action === 'AddPortMapping');
    expect(adds).toHaveLength(NETWORK_LIMITS.mappingTriesMax);
  });

  test('says why it refuses', async () => {
    const { location } = await fakeRouter(({ action }) =>
      action === 'AddPortMapping' ? fault(606) : hasAddress,
    );
    const gateway = await opened(location);
    await expect(gateway.lead(4747, 4747, signal)).rejects.toThrow(
      'the router answers AddPortMapping with 606: No',
    );
  });

  test('that says too much, or sends us elsewhere, is none', async () => {
    const endless = await fakeRouter(
      () => hasAddress,
      (response) => response.end('x'.repeat(NETWORK_LIMITS.gatewayAnswerBytesMax + 1)),
    );
    await expect(openGateway(endless.location, asking)).rejects.toThrow('says too much');
    const elsewhere = await fakeRouter(
      () => hasAddress,
      (response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(),
    );
    expect(await openGateway(elsewhere.location, asking)).toBeNull();
  });

  test('that does not answer is given up', async () => {
    const { location } = await fakeRouter(
      () => hasAddress,
      () => undefined,
    );
    const limits = { ...NETWORK_LIMITS, gatewayAnswerMs: 50 };
    await expect(openGateway(location, { ...asking, limits })).rejects.toThrow('aborted');
  });
});
