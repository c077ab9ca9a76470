// The figures of a peer as Prometheus reads them; no label names a person, a room or an address.

import type { Figures } from '@parley/client';
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

/** Between two looks at how late the event loop is. */
const loopLookMs = 50;
/** From a commit in the page cache to a disk that is in trouble. */
const commitSeconds = [0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1];

export interface Metrics {
  readonly contentType: string;
  readonly committed: (durationMs: number) => void;
  readonly text: (figures: Figures) => Promise<string>;
}

type Label = Readonly<Record<string, string>>;
type Sample = readonly [value: number, labels?: Label];

interface Family {
  readonly name: string;
  readonly help: string;
  readonly labels?: readonly string[];
  readonly samples: (figures: Figures) => readonly Sample[];
}

export function createMetrics(version: string): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: loopLookMs });
  new Gauge({
    name: 'parley_build_info',
    help: 'Which parley this is',
    labelNames: ['version'],
    registers: [registry],
  }).set({ version }, 1);
  const commits = new Histogram({
    name: 'parley_store_commit_seconds',
    help: 'How long commits took, without the sync that follows',
    buckets: commitSeconds,
    registers: [registry],
  });
  const set = [...gauges.map((family) => gaugeOf(family, registry)), ...counterSetters(registry)];
  return {
    contentType: registry.contentType,
    committed: (durationMs) => commits.observe(durationMs / 1_000),
    text: (figures) => {
      for (const each of set) each(figures);
      return registry.metrics();
    },
  };
}

function gaugeOf(family: Family, registry: Registry): (figures: Figures) => void {
  const { name, help, labels = [], samples } = family;
  const gauge = new Gauge({ name, help, labelNames: labels, registers: [registry] });
  return (figures) => {
    for (const [value, label = {}] of samples(figures)) gauge.set(label, value);
  };
}

/** The peer counts; what was added since the last look is added here. */
function counterSetters(registry: Registry): ((figures: Figures) => void)[] {
  return counters.map(({ name, help, labels = [], samples }) => {
    const counter = new Counter({ name, help, labelNames: labels, registers: [registry] });
    const seen = new Map<string, number>();
    return (figures) => {
      for (const [value, label = {}] of samples(figures)) {
        const key = JSON.stringify(label);
        counter.inc(label, Math.max(0, value - (seen.get(key) ?? 0)));
        seen.set(key, value);
      }
    };
  });
}

const gauges: readonly Family[] = [
  {
    name: 'parley_peers',
    help: 'Peers connected and known, by how they are reached',
    labels: ['path'],
    samples: ({ peers }) => Object.entries(peers).map(([path, count]) => [count, { path }]),
  },
  {
    name: 'parley_peers_unproved',
    help: 'Peers connected that have not proved who they are',
    samples: ({ peersUnproved }) => [[peersUnproved]],
  },
  {
    name: 'parley_peers_banned',
    help: 'Peers that broke the rules and are not talked to for now',
    samples: ({ peersBanned }) => [[peersBanned]],
  },
  {
    name: 'parley_authors_quarantined',
    help: 'Authors who wrote too much too soon, of whom nothing is taken for a while',
    samples: ({ authorsQuarantined }) => [[authorsQuarantined]],
  },
  {
    name: 'parley_rooms_bytes',
    help: 'Bytes of what is kept of rooms, the lobby among them',
    samples: ({ roomBytes }) => [[roomBytes]],
  },
  {
    name: 'parley_sessions',
    help: 'Rooms, the lobby among them, and private sessions',
    labels: ['kind'],
    samples: ({ rooms, privateSessions }) => [
      [rooms, { kind: 'room' }],
      [privateSessions, { kind: 'private' }],
    ],
  },
  {
    name: 'parley_entries_held',
    help: 'Entries in the store, those held for others included',
    samples: ({ entriesHeld }) => [[entriesHeld]],
  },
  {
    name: 'parley_entries_missing',
    help: 'Entries known to exist and not here yet',
    samples: ({ entriesMissing }) => [[entriesMissing]],
  },
  {
    name: 'parley_held_for_others_bytes',
    help: 'Bytes of what is held, unread, for people who are away',
    samples: ({ heldForOthers }) => [[heldForOthers.bytes]],
  },
  {
    name: 'parley_held_for_others_conversations',
    help: 'Conversations that are held, unread, for people who are away',
    samples: ({ heldForOthers }) => [[heldForOthers.conversations]],
  },
  {
    name: 'parley_queue_length',
    help: 'What waits for its turn: inputs, and lines said here',
    labels: ['queue'],
    samples: ({ inputsWaiting, linesWaiting }) => [
      [inputsWaiting, { queue: 'inputs' }],
      [linesWaiting, { queue: 'lines' }],
    ],
  },
  {
    name: 'parley_relay_reservations',
    help: 'Peers that can be reached through this one',
    samples: ({ network }) => [[network.relay.serves?.reservations ?? 0]],
  },
  {
    name: 'parley_relay_links',
    help: 'Links that this peer carries for others',
    samples: ({ network }) => [[network.relay.serves?.links ?? 0]],
  },
  {
    name: 'parley_dht_peers',
    help: 'Peers in the routing table',
    samples: ({ network }) => [[network.dht.peers]],
  },
  {
    name: 'parley_dht_records',
    help: 'Records of others that are kept in the hash table',
    samples: ({ network }) => [[network.dht.records]],
  },
];

const counters: readonly Family[] = [
  {
    name: 'parley_frames_total',
    help: 'Frames between peers',
    labels: ['direction'],
    samples: ({ counters: { framesReceived, framesSent } }) => [
      [framesReceived, { direction: 'in' }],
      [framesSent, { direction: 'out' }],
    ],
  },
  {
    name: 'parley_frame_bytes_total',
    help: 'Bytes of frames between peers',
    labels: ['direction'],
    samples: ({ counters: { frameBytesReceived, frameBytesSent } }) => [
      [frameBytesReceived, { direction: 'in' }],
      [frameBytesSent, { direction: 'out' }],
    ],
  },
  {
    name: 'parley_entries_stored_total',
    help: 'Entries that were stored and became visible',
    samples: ({ counters: { entriesStored } }) => [[entriesStored]],
  },
  {
    name: 'parley_bad_frames_total',
    help: 'Frames that broke the rules',
    samples: ({ counters: { badFrames } }) => [[badFrames]],
  },
  {
    name: 'parley_bans_total',
    help: 'Times that a peer was hung up on for its bad frames',
    samples: ({ counters: { bans } }) => [[bans]],
  },
  {
    name: 'parley_strangers_total',
    help: 'Connections that did not speak parley',
    samples: ({ counters: { strangers } }) => [[strangers]],
  },
  {
    name: 'parley_dial_failures_total',
    help: 'Dials that reached nobody',
    samples: ({ counters: { dialsFailed } }) => [[dialsFailed]],
  },
];
