// Compiles src to dist. Part of `npm ci` (the prepare script), so that `npx proxima-node` works at once.
import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
rmSync(`${root}/dist`, { recursive: true, force: true })
const tsc = fileURLToPath(import.meta.resolve('typescript/package.json')).replace(/package\.json$/, 'bin/tsc')
const { status, error } = spawnSync(process.execPath, [tsc, '-p', `${root}/tsconfig.build.json`], {
  stdio: 'inherit'
})
if (error) throw error
process.exit(status ?? 1)
