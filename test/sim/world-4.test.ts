// The first six thousand seeded schedules of whole swarms, quarter 4 of 4.

import { claimSeeds } from './slice.ts';

claimSeeds(4500, 6000);
