// The first eight hundred seeded schedules of private sessions, quarter 4 of 4.

import { claimSessionSeeds } from './slice.ts';

claimSessionSeeds(600, 800);
