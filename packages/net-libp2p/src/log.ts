// Where the network says what happens to it; apart from logger.ts, so that those who pass a log need no types of libp2p.

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';
export type Log = (level: LogLevel, text: string) => void;
