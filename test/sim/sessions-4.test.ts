// Seeded schedules of private sessions, quarter 4 of 4.

import { claimSessionSeeds } from './slice.ts';

claimSessionSeeds(3750, 5000);
