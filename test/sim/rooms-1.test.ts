// The first seven hundred seeded schedules of rooms, half 1 of 2.

import { claimRoomSeeds } from './slice.ts';

claimRoomSeeds(0, 350);
