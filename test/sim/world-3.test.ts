// The first four thousand seeded schedules of whole swarms, quarter 3 of 4.

import { claimSeeds } from './slice.ts';

claimSeeds(2000, 3000);
