// A rate with a burst: so many at once, then so many a second.

export interface TokenBucket {
  readonly burst: number;
  readonly perSecond: number;
  tokens: number;
  filledMs: number;
}

export function newTokenBucket(burst: number, perSecond: number, nowMs: number): TokenBucket {
  return { burst, perSecond, tokens: burst, filledMs: nowMs };
}

/** Takes `count` tokens if they are there. A clock that runs backwards adds none. */
export function takeTokens(bucket: TokenBucket, count: number, nowMs: number): boolean {
  const grown = (Math.max(0, nowMs - bucket.filledMs) * bucket.perSecond) / 1_000;
  bucket.tokens = Math.min(bucket.burst, bucket.tokens + grown);
  bucket.filledMs = nowMs;
  if (bucket.tokens < count) return false;
  bucket.tokens -= count;
  return true;
}
