import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join, parse } from 'node:path'
import { systemCode } from '../storage/errors.ts'

/** Past that, somebody queues in a loop. */
const maxNumber = 9_999

/**
 * Writes a text under a name, or a numbered one where something else has it: nothing that somebody may have changed is
 * replaced, and what says the same already is left.
 * @returns the path of the file that says it
 * @throws the system's error
 */
export async function writeNew(path: string, text: string): Promise<string> {
  const { dir, name, ext } = parse(path)
  await mkdir(dir, { recursive: true })
  for (let number = 1; ; number++) {
    const free = number === 1 ? path : join(dir, `${name} ${number}${ext}`)
    try {
      await writeFile(free, text, { flag: 'wx' })
      return free
    } catch (error) {
      if (systemCode(error) !== 'EEXIST' || number >= maxNumber) throw error
      if ((await textOf(free)) === text) return free
    }
  }
}

/** Null for a folder, or for what is not for this person's eyes: then it is something else. */
async function textOf(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (systemCode(error) === null) throw error
    return null
  }
}
