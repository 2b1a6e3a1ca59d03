import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A folder for pretend tools; the caller removes it. */
export const toolFolder = (): Promise<string> => mkdtemp(join(tmpdir(), 'proxima-pretend-'))

/** A tool that tells its version and otherwise does what the shell script says. `name` begins with the tool's. */
export async function pretendTool(folder: string, name: string, script: string): Promise<string> {
  const path = join(folder, name)
  const tool = name.split('-')[0]
  const version = `[ "$1" = -version ] && { echo "${tool} version 5.1"; exit; }`
  await writeFile(path, `#!/bin/sh\n${version}\n${script}\n`, { mode: 0o755 })
  return path
}
