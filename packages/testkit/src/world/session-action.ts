// What a schedule may do in private sessions: plain data, as all of a plan.

/**
 * `pick` chooses among the sessions that the member is in at that moment, in the order of their beginning; `other` among
 * those who are not in it, or are.
 */
export type SessionAction =
  | { readonly kind: 'fork'; readonly member: number; readonly others: readonly number[] }
  | {
      readonly kind: 'tell';
      readonly member: number;
      readonly pick: number;
      readonly lines: number;
    }
  | {
      readonly kind: 'invite' | 'remove';
      readonly member: number;
      readonly pick: number;
      readonly other: number;
    }
  | { readonly kind: 'leave'; readonly member: number; readonly pick: number }
  /** Crashes so many outputs after the next work of its is done. */
  | {
      readonly kind: 'crash-at-work';
      readonly member: number;
      readonly how: 'kill' | 'power';
      readonly outputs: number;
      readonly downMs: number;
    };
