import type { SettingLine } from '../../model/index.ts'
import type { CommandContext } from '../context.ts'
import { CliError } from '../errors.ts'
import { type ExitStatus, exitCodes } from '../exit-codes.ts'
import { nearest } from '../nearest.ts'
import { configLines } from '../output/config.ts'

/**
 * `config [KEY]`: read from this home's file and this command's environment, not from the node: what it says is what
 * the next start will go by.
 */
export async function showConfig(context: CommandContext, key: string | null): Promise<ExitStatus> {
  const offline = await context.door.offline(context.home, context.nodeFlags)
  const { file, settings } = await offline.config()
  const chosen = key === null ? settings : settings.filter((setting) => isOf(setting, key))
  if (chosen.length === 0) throw unknownKey(key!, settings)
  if (context.print.json) context.print.data({ file, settings: chosen })
  else context.print.lines(configLines(file, chosen, context.print.paint))
  return exitCodes.done
}

const isOf = ({ key }: SettingLine, wanted: string): boolean => key === wanted || key.startsWith(`${wanted}.`)

function unknownKey(key: string, settings: readonly SettingLine[]): CliError {
  const keys = settings.map((setting) => setting.key)
  const near = nearest(key, [...keys, ...keys.map((known) => known.split('.')[0]!)])
  return new CliError('usage', `there is no setting ${JSON.stringify(key)}`, {
    hint: near === null ? 'See them all with `proxima-node config`' : `Did you mean ${near}?`
  })
}
