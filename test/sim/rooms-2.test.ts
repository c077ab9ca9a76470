// The first seven hundred seeded schedules of rooms, half 2 of 2.

import { claimRoomSeeds } from './slice.ts';

claimRoomSeeds(350, 700);
