// What keys mean now: typing, or an answer to something that is open.

import type { ShownLine } from '@parley/client';
import type { Scrollback } from './scrollback.ts';

export type Mode =
  | { readonly kind: 'typing' }
  /** A list to read; `top` is its first row seen. */
  | {
      readonly kind: 'list';
      readonly title: string;
      readonly rows: readonly string[];
      readonly top: number;
    }
  /** A QR code to be read with a telephone. */
  | { readonly kind: 'picture'; readonly title: string; readonly rows: readonly string[] }
  /** A long paste waits for an answer. */
  | { readonly kind: 'paste'; readonly text: string }
  /** Searching the current session while typing. */
  | {
      readonly kind: 'search';
      readonly query: string;
      readonly hits: readonly ShownLine[];
      readonly at: number;
      /** Where one was before. */
      readonly before: Scrollback;
    }
  /** Lines found in all sessions, one of them chosen. */
  | {
      readonly kind: 'hits';
      readonly query: string;
      readonly hits: readonly ShownLine[];
      readonly at: number;
    };
