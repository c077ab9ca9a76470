// What a schedule may do in rooms: plain data, as all of a plan.

import type { RoomKey } from '@parley/core';

/** `room` is the number of a room of the plan. */
export type RoomAction =
  | { readonly kind: 'join-room'; readonly member: number; readonly room: number }
  | { readonly kind: 'leave-room'; readonly member: number; readonly room: number }
  | {
      readonly kind: 'say-in-room';
      readonly member: number;
      readonly room: number;
      readonly lines: number;
    }
  | { readonly kind: 'set-topic'; readonly member: number; readonly room: number }
  | {
      readonly kind: 'set-keep';
      readonly member: number;
      readonly room: number;
      readonly days: number;
    };

/** The rooms of a schedule. */
export interface RoomsPlan {
  readonly keys: readonly RoomKey[];
  /** How long a day is, so that some pass in a schedule. */
  readonly dayMs: number;
}

/** What is to happen often in schedules with rooms. */
export const ROOM_EVENTS = [
  'joined',
  'left a room',
  'came back',
  'said in a secret room',
  'topic set',
  'retention set',
  'pruned',
] as const;
export type RoomEvent = (typeof ROOM_EVENTS)[number];
