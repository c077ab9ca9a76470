// The first eight hundred seeded schedules of private sessions, quarter 2 of 4.

import { claimSessionSeeds } from './slice.ts';

claimSessionSeeds(200, 400);
