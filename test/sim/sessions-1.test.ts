// The first eight hundred seeded schedules of private sessions, quarter 1 of 4.

import { claimSessionSeeds } from './slice.ts';

claimSessionSeeds(0, 200);
