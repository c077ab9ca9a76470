// The first six thousand seeded schedules of whole swarms, quarter 1 of 4.

import { claimSeeds } from './slice.ts';

claimSeeds(0, 1500);
