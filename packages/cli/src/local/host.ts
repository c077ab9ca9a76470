// What the process that has the profile gives to the faces that others open in it.

import type { Client, ReadSettingsFile } from '@parley/client';
import type { Suite } from '@parley/core';
import type { FullScreens } from '../context.ts';

export interface Host {
  readonly client: Client;
  readonly suite: Suite;
  readonly version: string;
  readonly fullScreen: () => Promise<FullScreens>;
  readonly readFile: ReadSettingsFile;
}
