import { join } from 'node:path'
import type { ConfigView } from '../model/index.ts'
import type { Home } from './home.ts'
import { describeSettings } from './settings/index.ts'

/** What `config` tells: the settings of a home as its file, the environment and these flags make them now. */
export const configOf = (
  home: Pick<Home, 'folder'>,
  flags: Readonly<Record<string, unknown>>
): ConfigView => ({
  file: join(home.folder, 'config.yaml'),
  settings: describeSettings({ home: home.folder, env: process.env, flags })
})
