import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { homedir, userInfo } from 'node:os'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { resolveHome } from '../../node/home.ts'
import type { CommandContext } from '../context.ts'
import { CliError } from '../errors.ts'
import { type ExitStatus, exitCodes } from '../exit-codes.ts'
import { type ServicePlan, servicePlan } from '../service-files/plan.ts'
import { connect } from './with-node.ts'

const execute = promisify(execFile)

/** `service install`: this home's node starts with the system from now on. */
export async function installService(
  context: CommandContext,
  { print: onlyPrint }: { print: boolean }
): Promise<ExitStatus> {
  const { print } = context
  const plan = planOf(context)
  if (onlyPrint) return printPlan(context, plan)
  const lost = Object.keys(context.env).filter((key) => key.startsWith('PROXIMA_') && key !== 'PROXIMA_HOME')
  const client = await connect(context)
  if (client !== null) {
    print.note('Stopping the node that runs: the system starts it again.')
    await client.call('stop', {})
    await client.closed
  }
  mkdirSync(dirname(plan.file), { recursive: true })
  writeFileSync(plan.file, plan.encoding === 'utf16le' ? `\ufeff${plan.text}` : plan.text, plan.encoding)
  for (const command of plan.install) await runOrSay(command, plan.file)
  if (print.json) print.data({ installed: true, name: plan.name, file: plan.file })
  else print.lines([`${plan.name} is installed and runs (${plan.file}).`])
  print.note(plan.next)
  if (lost.length > 0)
    print.note(
      `Not carried over: ${lost.join(', ')}. What they say belongs in the settings (\`proxima-node config\`).`
    )
  return exitCodes.done
}

/** `service uninstall`: it runs no more, and does not start again. The home stays. */
export async function uninstallService(context: CommandContext): Promise<ExitStatus> {
  const { print } = context
  const plan = planOf(context)
  const installed = existsSync(plan.file)
  if (installed) {
    for (const command of plan.uninstall) await succeeds(command)
    rmSync(plan.file, { force: true })
    for (const command of plan.afterwards) await succeeds(command)
  }
  if (print.json) print.data({ installed: false, name: plan.name, file: plan.file })
  else if (installed) print.lines([`${plan.name} is removed. Everything in ${context.home} stays.`])
  else print.note(`${plan.name} is not installed.`)
  return exitCodes.done
}

/** `service status`: whether it is installed, and runs. Fails unless it does both. */
export async function serviceStatus(context: CommandContext): Promise<ExitStatus> {
  const { print } = context
  const plan = planOf(context)
  const installed = existsSync(plan.file)
  const running = installed && (await succeeds(plan.check))
  if (print.json) print.data({ installed, running, name: plan.name, file: plan.file })
  else if (!installed)
    print.lines([`${plan.name} is not installed: \`proxima-node service install\` does it.`])
  else print.lines([`${plan.name} is installed (${plan.file}) and ${running ? 'runs' : 'does not run'}.`])
  return installed && running ? exitCodes.done : exitCodes.failed
}

function printPlan({ print }: CommandContext, plan: ServicePlan): ExitStatus {
  const commands = plan.install.map((command) => command.join(' '))
  if (print.json) print.data({ file: plan.file, text: plan.text, commands })
  else {
    print.note(`This would be written to ${plan.file}:`)
    print.lines(plan.text.trimEnd().split('\n'))
    print.note(`Then: ${commands.join('; ')}`)
  }
  return exitCodes.done
}

function planOf({ home, env, platform, cwd }: CommandContext): ServicePlan {
  const { username, uid } = userInfo()
  const domain = platform === 'win32' && env.USERDOMAIN ? `${env.USERDOMAIN}\\` : ''
  const plan = servicePlan({
    platform,
    node: process.execPath,
    launcher: fileURLToPath(new URL('../../../bin/proxima-node.js', import.meta.url)),
    home,
    usualHome: resolveHome(undefined, { env: { ...env, PROXIMA_HOME: undefined }, platform, cwd }),
    userHome: homedir(),
    user: `${domain}${username}`,
    uid,
    configHome: env.XDG_CONFIG_HOME?.startsWith('/') ? env.XDG_CONFIG_HOME : null,
    path: env.PATH ?? ''
  })
  if (plan !== null) return plan
  throw new CliError('usage', `services are not known on ${platform}`, {
    hint: 'Have the system run `proxima-node --headless`'
  })
}

/** @throws CliError `service-refused` with the words of the system's own tool */
async function runOrSay([program = '', ...words]: readonly string[], file: string): Promise<void> {
  try {
    await execute(program, words, { windowsHide: true })
  } catch (error) {
    const { stderr, message } = error as Error & { stderr?: string }
    const why = stderr?.trim().split('\n')[0] || message
    throw new CliError('service-refused', `${[program, ...words].join(' ')} failed: ${why}`, {
      hint: `${file} is written: run that again when it can work, or \`proxima-node service uninstall\``,
      exitStatus: 1
    })
  }
}

async function succeeds([program = '', ...words]: readonly string[]): Promise<boolean> {
  return execute(program, words, { windowsHide: true }).then(
    () => true,
    () => false
  )
}
