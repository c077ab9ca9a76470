// The first eight hundred seeded schedules of private sessions, quarter 3 of 4.

import { claimSessionSeeds } from './slice.ts';

claimSessionSeeds(400, 600);
