import type { CheckView } from '../../model/index.ts'
import { TimelineError } from '../errors.ts'
import { openResolve, type ResolveSurroundings } from './open.ts'
import type { ResolveSettings } from './places.ts'

/**
 * For `doctor`: whether Resolve can be talked to, and what is missing. A machine without Resolve is well,
 * unless its settings say where Resolve is.
 */
export async function checkResolve(
  settings: ResolveSettings,
  surroundings: Partial<ResolveSurroundings> = {}
): Promise<CheckView> {
  const name = 'resolve'
  const opened = await openResolve(settings, surroundings)
  if ('missing' in opened) {
    const { code, message, hint } = opened.missing
    if (code === 'not-installed') {
      return isSet(settings)
        ? { name, status: 'fail', message: `${message}: correct the settings resolve.…` }
        : { name, status: 'ok', message: `${message}: not needed` }
    }
    if (code === 'not-running') {
      return { name, status: 'ok', message: `${message}; proxies are linked when it is open` }
    }
    return { name, status: 'warn', message: `${message}: ${hint}` }
  }
  try {
    const { product, version, studio, project } = await opened.hello()
    const said = `${product} ${version} answers (${opened.runtime})`
    if (!studio) {
      return {
        name,
        status: 'warn',
        message: `${said}, but it is not Studio: linking may be refused; install DaVinci Resolve Studio`
      }
    }
    const open = project === null ? 'no project is open' : `the project ${project.name} is open`
    return { name, status: 'ok', message: `${said}; ${open}` }
  } catch (error) {
    if (!(error instanceof TimelineError)) throw error
    return { name, status: 'warn', message: `DaVinci Resolve does not answer now: ${error.message}` }
  } finally {
    await opened.close()
  }
}

/** Somebody said where it is. */
const isSet = ({ pythonPath, fuscriptPath, scriptApi, scriptLib }: ResolveSettings): boolean =>
  [pythonPath, fuscriptPath, scriptApi, scriptLib].some((path) => path !== null)
