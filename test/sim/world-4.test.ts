// The first four thousand seeded schedules of whole swarms, quarter 4 of 4.

import { claimSeeds } from './slice.ts';

claimSeeds(3000, 4000);
