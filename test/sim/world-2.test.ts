// Seeded schedules of whole swarms, quarter 2 of 4.

import { claimSeeds } from './slice.ts';

claimSeeds(2500, 5000);
