// The first two thousand seeded schedules of private sessions, quarter 4 of 4.

import { claimSessionSeeds } from './slice.ts';

claimSessionSeeds(1500, 2000);
