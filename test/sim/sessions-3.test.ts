// The first two thousand seeded schedules of private sessions, quarter 3 of 4.

import { claimSessionSeeds } from './slice.ts';

claimSessionSeeds(1000, 1500);
