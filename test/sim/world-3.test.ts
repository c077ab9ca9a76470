// Seeded schedules of whole swarms, quarter 3 of 4.

import { claimSeeds } from './slice.ts';

claimSeeds(5000, 7500);
