// Compiles src to dist. Part of `npm ci` (the prepare script), so that `npx proxima-node` works at once.
import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const dist = join(root, 'dist')

let compiler
try {
  compiler = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc')
} catch {
  // `npm ci --omit=dev` after a build, or an unpacked package: what is built stays.
  if (existsSync(dist)) process.exit(0)
  console.error('proxima-node: cannot build, TypeScript is not installed. Run `npm ci` without --omit=dev.')
  process.exit(1)
}

rmSync(dist, { recursive: true, force: true })
const { status, error } = spawnSync(process.execPath, [compiler, '-p', join(root, 'tsconfig.build.json')], {
  stdio: 'inherit'
})
if (error) throw error
// A checkout that lost its file modes (an archive, a Windows share) still gives a command that runs.
if (status === 0) chmodSync(join(root, 'bin', 'proxima-node.js'), 0o755)
process.exit(status ?? 1)
