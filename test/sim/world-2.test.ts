// The first four thousand seeded schedules of whole swarms, quarter 2 of 4.

import { claimSeeds } from './slice.ts';

claimSeeds(1000, 2000);
