import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { onTestFinished, type TestContext } from 'vitest'
import {
  openResolve,
  type ResolveMissing,
  type ResolveSession,
  type ResolveSettings,
  type ResolveSurroundings,
  usualLimits
} from '../../../src/timeline/index.ts'
import { type Scenario, Stage, standInFolder, standInFuscript } from '../../fixtures/resolve/scenario.ts'
import { skip } from '../../support/skip.ts'

export type Language = 'python' | 'lua'

const folders = (process.env.PATH ?? '').split(delimiter)
const isOnPath = (tool: string): boolean => folders.some((folder) => existsSync(join(folder, tool)))

/** Skips a test whose interpreter is not on this machine. */
export function needs(language: Language, context: TestContext): void {
  if (language === 'python' && !isOnPath('python3')) skip(context, 'there is no python3 on the PATH')
  if (language === 'lua' && !isOnPath('luajit')) skip(context, 'there is no luajit on the PATH')
}

/** A folder for the running test. */
export function givenFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'proxima-resolve-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** The processes that were started with the scenario of a stage; null where the system does not tell. */
export function processesOf({ path }: Stage): string[] | null {
  if (!existsSync('/proc/self/environ')) return null
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name) && isOf(name, path))
}

function isOf(pid: string, path: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`RESOLVE_STANDIN_SCENARIO=${path}\0`)
  } catch {
    return false // it has ended, or belongs to somebody else
  }
}

export const nowhere = join(standInFolder, 'nothing-here')

/** Settings that find the stand-in, and nothing of a real Resolve. */
export const settingsFor = (language: Language | null): ResolveSettings => ({
  language,
  pythonPath: null,
  fuscriptPath: language === 'python' ? nowhere : standInFuscript,
  scriptApi: language === 'lua' ? nowhere : standInFolder,
  scriptLib: nowhere
})

export interface Opened {
  stage: Stage
  opened: ResolveSession | { missing: ResolveMissing }
  words: string[]
}

/** Plays a scenario and connects to it. What was opened is closed when the test ends. */
export async function openScenario(
  language: Language | null,
  scenario: Scenario,
  own: { settings?: Partial<ResolveSettings>; surroundings?: Partial<ResolveSurroundings> } = {}
): Promise<Opened> {
  const stage = new Stage(givenFolder(), scenario)
  const words: string[] = []
  const opened = await openResolve(
    { ...settingsFor(language), ...own.settings },
    {
      env: { PATH: process.env.PATH, ...stage.env },
      isRunning: async () => true,
      limits: { ...usualLimits, graceMs: 500 },
      onWords: (line) => words.push(line),
      ...own.surroundings
    }
  )
  onTestFinished(async () => {
    if (!('missing' in opened)) await opened.close()
  })
  return { stage, opened, words }
}

/** The same where it must succeed. */
export async function openStage(
  ...args: Parameters<typeof openScenario>
): Promise<{ stage: Stage; session: ResolveSession; words: string[] }> {
  const { stage, opened, words } = await openScenario(...args)
  if ('missing' in opened) throw new Error(`${opened.missing.code}: ${opened.missing.message}`)
  return { stage, session: opened, words }
}
