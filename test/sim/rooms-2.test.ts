// The first thousand seeded schedules of rooms, half 2 of 2.

import { claimRoomSeeds } from './slice.ts';

claimRoomSeeds(500, 1_000);
