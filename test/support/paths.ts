import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The checkout that the tests are part of. */
export const repoRoot = fileURLToPath(new URL('../..', import.meta.url))

/** The command as `npm ci` installs it; needs `npm run build`. */
export const binPath = resolve(repoRoot, 'bin/proxima-node.js')

/** The runtime that `npm ci` brings, so that a command starts at once instead of starting itself again under it. */
export const nodePath = [resolve(repoRoot, 'node_modules/node/bin/node'), process.execPath].find(existsSync)!

/** How a station or a host calls the program under test. */
export const builtProgram: readonly string[] = [nodePath, binPath]

/** Why the built program cannot be run, or null. */
export const buildMissing = (): string | null =>
  existsSync(resolve(repoRoot, 'dist/cli/main.js')) ? null : 'dist is not built: run `npm run build`'

/** The shared sample film (30 s, 854x480, 24 fps, 720 frames, AAC 5.1), or null where it is not beside the checkout. */
export function sampleFilm(): string | null {
  const path = resolve(repoRoot, '../shared/media/big-buck-bunny-480p-30s.mp4')
  return existsSync(path) ? path : null
}
