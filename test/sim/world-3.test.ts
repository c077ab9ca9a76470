// The first six thousand seeded schedules of whole swarms, quarter 3 of 4.

import { claimSeeds } from './slice.ts';

claimSeeds(3000, 4500);
