// Seeded schedules of whole swarms, quarter 4 of 4.

import { claimSeeds } from './slice.ts';

claimSeeds(7500, 10000);
