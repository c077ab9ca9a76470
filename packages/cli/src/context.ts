// What the commands are given of the world, so that only main.ts names it.

import type {
  Client,
  CommandTools,
  LoadSessionCrypto,
  ReadSettingsFile,
  SessionName,
} from '@parley/client';
import type { Network, Store, Suite } from '@parley/core';
import type { Ending } from './ending.ts';
import type { Output } from './io/output.ts';

export interface NetworkSettings {
  readonly privateKey: Uint8Array;
  readonly listen: readonly string[];
  readonly discovery: boolean;
  readonly userAgent: string;
  readonly relay: 'serve' | 'use' | 'off';
  readonly dht: boolean;
  readonly autonat: boolean;
  readonly upnp: boolean;
  readonly webrtc: boolean;
  readonly limits: {
    readonly connectionsMax: number;
    readonly relayReservationsMax: number;
    readonly relayConnectionsMax: number;
    readonly relayConnectionMsMax: number;
    readonly relayConnectionBytesMax: number;
  };
}

/** The adapters, each loaded when it is first needed: most of the start-up time is theirs. */
export interface Adapters {
  readonly suite: () => Promise<Suite>;
  /** Makes the secret of a room from its name and a passphrase. */
  readonly passphrases: () => Promise<(room: string, passphrase: string) => Promise<Uint8Array>>;
  readonly storage: () => Promise<Storage>;
  readonly network: () => Promise<Networking>;
  readonly sessionCrypto: LoadSessionCrypto;
  readonly fullScreen: () => Promise<FullScreens>;
}

/** The full-screen face; see @parley/tui. */
export interface FullScreens {
  readonly openFullScreen: (options: FullScreenOptions) => FullScreen;
  /** The terminal of this process. */
  readonly NodeTerminal: new (
    input: Context['stdin'],
    screen: Context['stdout'],
    output: Output,
  ) => OwnTerminal;
}

/** What a full screen is drawn on; see @parley/tui. */
export interface Terminal {
  readonly columns: number;
  readonly rows: number;
  readonly hasRoom: boolean;
  ready(): Promise<void>;
  write(text: string): void;
  take(): void;
  giveBack(): void;
  onInput(listener: (text: string) => void): () => void;
  onResize(listener: () => void): () => void;
  onContinue(listener: () => void): () => void;
  suspend(): Promise<void>;
}

export interface OwnTerminal extends Terminal {
  /** Without waiting for anything: for the very end of the process. */
  giveBackNow(): void;
}

export interface FullScreenOptions {
  readonly client: Client;
  readonly tools: CommandTools;
  readonly attend: (session: SessionName | null) => void;
  readonly terminal: Terminal;
  readonly env: Context['env'];
  readonly readFile: ReadSettingsFile;
  readonly color: boolean;
  readonly unicode: boolean;
  readonly onQuit: () => void;
  readonly onInterrupt: () => void;
  readonly onFailure: (error: unknown) => void;
}

export interface FullScreen {
  begin(): void;
  notice(text: string): void;
  stop(): void;
}

export interface Storage {
  readonly openStore: (options: { readonly path: string }) => Store;
  readonly lockProfile: (directory: string) => { release(): void };
}

export interface Networking {
  readonly createNetwork: (settings: NetworkSettings) => Network;
}

export interface Context {
  readonly adapters: Adapters;
  readonly version: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream & { readonly fd: number };
  readonly stderr: NodeJS.WriteStream;
  readonly out: Output;
  readonly err: Output;
  readonly ending: Ending;
}
