// The first six thousand seeded schedules of whole swarms, quarter 2 of 4.

import { claimSeeds } from './slice.ts';

claimSeeds(1500, 3000);
