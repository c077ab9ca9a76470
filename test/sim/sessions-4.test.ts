// The first twelve hundred seeded schedules of private sessions, quarter 4 of 4.

import { claimSessionSeeds } from './slice.ts';

claimSessionSeeds(900, 1200);
