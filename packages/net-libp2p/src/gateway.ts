// A router that opens ports for those behind it: found on the LAN, asked for its outside address, told to lead a port to us.

import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import {
  ROUTER_CODES,
  SEARCH_PLACE,
  decodeSearchAnswer,
  elementText,
  encodeCall,
  searchMessages,
  servicesIn,
} from './igd.ts';
import type { Service } from './igd.ts';
import type { NetworkLimits } from './limits.ts';

/** The router answered, and said no. */
export class RouterError extends Error {
  override readonly name = 'ParleyRouterError';
  /** As UPnP numbers them; 0 where none was given. */
  readonly code: number;
  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

/** Ports that nobody has to be root for, and that nothing else stands at by custom. */
const OTHER_PORTS = { min: 20_000, max: 60_000 } as const;
const TITLE = 'parley';

export class Gateway {
  /** Our address on its LAN. */
  readonly own: string;
  readonly #service: Service;
  readonly #limits: NetworkLimits;
  /** Whether the router keeps a mapping until it is told, as it wants it so. */
  #isPermanent = false;

  constructor(own: string, service: Service, limits: NetworkLimits) {
    this.own = own;
    this.#service = service;
    this.#limits = limits;
  }

  /** How the world sees the router. */
  async outside(signal: AbortSignal): Promise<string> {
    const answer = await this.#call('GetExternalIPAddress', {}, signal);
    return elementText(answer, 'NewExternalIPAddress') ?? '';
  }

  /**
   * Has TCP port `outer`, or another one where someone else has that, led to our `port` for `mappingLeaseS`; tells which it
   * is. Asked again by whom it leads to already, a router goes on with it.
   */
  async lead(port: number, outer: number, signal: AbortSignal): Promise<number> {
    let chosen = outer;
    for (let tries = 1; ; tries += 1) {
      try {
        await this.#add(port, chosen, signal);
        return chosen;
      } catch (error) {
        const isLast = tries >= this.#limits.mappingTriesMax;
        if (!(error instanceof RouterError) || isLast) throw error;
        const { conflict, conflictElsewhere, onlyPermanent } = ROUTER_CODES;
        if (error.code === onlyPermanent && !this.#isPermanent) this.#isPermanent = true;
        else if (error.code === conflict || error.code === conflictElsewhere)
          chosen = randomInt(OTHER_PORTS.min, OTHER_PORTS.max);
        else throw error;
      }
    }
  }

  async end(outer: number, signal: AbortSignal): Promise<void> {
    await this.#call('DeletePortMapping', mappingOf(outer), signal);
  }

  async #add(port: number, outer: number, signal: AbortSignal): Promise<void> {
    const args = {
      ...mappingOf(outer),
      NewInternalPort: port,
      NewInternalClient: this.own,
      NewEnabled: 1,
      NewPortMappingDescription: TITLE,
      NewLeaseDuration: this.#isPermanent ? 0 : this.#limits.mappingLeaseS,
    };
    await this.#call('AddPortMapping', args, signal);
  }

  async #call(
    action: string,
    args: Readonly<Record<string, string | number>>,
    signal: AbortSignal,
  ): Promise<string> {
    const service = this.#service;
    const call = { service, action, body: encodeCall(service, action, args) };
    const asking = { own: this.own, limits: this.#limits, signal };
    const { status, text } = await ask(service.control, asking, call);
    if (status === 200) return text;
    const code = Number(elementText(text, 'errorCode') ?? 0);
    const words = elementText(text, 'errorDescription') ?? `HTTP ${status}`;
    throw new RouterError(code, `the router answers ${action} with ${code}: ${words}`);
  }
}

function mappingOf(outer: number): Readonly<Record<string, string | number>> {
  return { NewRemoteHost: '', NewExternalPort: outer, NewProtocol: 'TCP' };
}

/** Looks from each of these addresses of ours; null where nobody answers within `mappingSearchMs`. */
export async function findGateway(
  owns: readonly string[],
  limits: NetworkLimits,
  signal: AbortSignal,
): Promise<Gateway | null> {
  const ended = new AbortController();
  const until = AbortSignal.any([
    signal,
    ended.signal,
    AbortSignal.timeout(limits.mappingSearchMs),
  ]);
  try {
    const searches = owns.map((own) => findFrom(own, limits, until));
    return await Promise.any(searches);
  } catch (error) {
    signal.throwIfAborted();
    // What each search ended with, which is most often only that it heard nothing.
    if (error instanceof AggregateError) return null;
    throw error;
  } finally {
    ended.abort();
  }
}

/** Rejects where none is found. */
async function findFrom(own: string, limits: NetworkLimits, signal: AbortSignal): Promise<Gateway> {
  signal.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<Gateway>();
  const socket = createSocket('udp4');
  const seen = new Set<string>();
  const look = (): void => {
    for (const message of searchMessages())
      socket.send(message, SEARCH_PLACE.port, SEARCH_PLACE.host, (error) => {
        if (error !== null) reject(error);
      });
  };
  const again = setInterval(look, limits.mappingSearchAgainMs).unref();
  const aborted = (): void => reject(new Error('no router answered'));
  signal.addEventListener('abort', aborted);
  socket.on('error', reject);
  socket.on('message', (bytes, { address }) => {
    const location = decodeSearchAnswer(bytes, address);
    if (!location.ok || seen.has(location.value.href)) return;
    if (seen.size >= limits.gatewaysTriedMax) return;
    seen.add(location.value.href);
    openGateway(location.value, { own, limits, signal }).then(
      (gateway) => gateway !== null && resolve(gateway),
      // Another may answer yet.
      () => undefined,
    );
  });
  socket.bind(0, own, () => {
    socket.unref();
    socket.setMulticastInterface(own);
    look();
  });
  try {
    return await promise;
  } finally {
    clearInterval(again);
    signal.removeEventListener('abort', aborted);
    socket.close();
  }
}

export interface Asking {
  /** Our address that it goes out from. */
  readonly own: string;
  readonly limits: NetworkLimits;
  readonly signal: AbortSignal;
}

/** Null where what is described there leads no ports, or is not connected to anything. */
export async function openGateway(location: URL, asking: Asking): Promise<Gateway | null> {
  const { status, text } = await ask(location, asking);
  if (status !== 200) return null;
  const { own, limits, signal } = asking;
  let last: Gateway | null = null;
  for (const service of servicesIn(text, location)) {
    const gateway = new Gateway(own, service, limits);
    // Of several the one in use has an address.
    if ((await gateway.outside(signal).catch(() => '')) !== '') return gateway;
    last ??= gateway;
  }
  return last;
}

interface Call {
  readonly service: Service;
  readonly action: string;
  readonly body: string;
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

/** GET, or a call of an action. Rejects for what is too long or takes too long. */
async function ask(place: URL, { own, limits, signal }: Asking, call?: Call): Promise<Answer> {
  const outgoing = request(place, {
    agent: false,
    localAddress: own,
    signal: AbortSignal.any([signal, AbortSignal.timeout(limits.gatewayAnswerMs)]),
    ...(call === undefined ? {} : { method: 'POST', headers: headersOf(call) }),
  });
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    outgoing.on('response', resolve).on('error', reject).end(call?.body);
  });
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of response as AsyncIterable<Buffer>) {
    bytes += part.byteLength;
    if (bytes > limits.gatewayAnswerBytesMax) throw new Error('the router says too much');
    parts.push(part);
  }
  return { status: response.statusCode ?? 0, text: Buffer.concat(parts).toString('utf8') };
}

function headersOf({ service, action, body }: Call): Readonly<Record<string, string | number>> {
  return {
    'content-type': 'text/xml; charset="utf-8"',
    'content-length': Buffer.byteLength(body),
    soapaction: `"${service.type}#${action}"`,
  };
}
