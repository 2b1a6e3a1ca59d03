import { Command } from 'commander'
import { defineAwake } from './commands/awake.ts'
import { defineCancel } from './commands/cancel.ts'
import { defineConfig } from './commands/config.ts'
import { defineDoctor } from './commands/doctor.ts'
import { defineDrain } from './commands/drain.ts'
import { defineJob } from './commands/job.ts'
import { defineJobs } from './commands/jobs.ts'
import type { Act, Define } from './commands/kit.ts'
import { defineLink } from './commands/link.ts'
import { defineLog } from './commands/log.ts'
import { defineMesh } from './commands/mesh.ts'
import { defineNode } from './commands/node.ts'
import { definePause } from './commands/pause.ts'
import { definePeer } from './commands/peer.ts'
import { definePeers } from './commands/peers.ts'
import { definePresets } from './commands/presets.ts'
import { definePriority } from './commands/priority.ts'
import { definePurge } from './commands/purge.ts'
import { defineQueue } from './commands/queue.ts'
import { defineResume } from './commands/resume.ts'
import { defineRetry } from './commands/retry.ts'
import { defineRoots } from './commands/roots.ts'
import { defineService } from './commands/service.ts'
import { defineShare } from './commands/share.ts'
import { defineSlots } from './commands/slots.ts'
import { defineStop } from './commands/stop.ts'
import { defineTimelines } from './commands/timelines.ts'
import { defineWatch } from './commands/watch.ts'
import type { OutStream } from './output/terminal.ts'

const definitions: readonly Define[] = [
  defineQueue,
  defineWatch,
  defineJobs,
  defineJob,
  defineLog,
  defineTimelines,
  defineLink,
  definePause,
  defineResume,
  defineCancel,
  defineRetry,
  definePriority,
  definePurge,
  definePeers,
  definePeer,
  defineDrain,
  defineAwake,
  defineSlots,
  defineMesh,
  defineShare,
  defineRoots,
  definePresets,
  defineConfig,
  defineDoctor,
  defineService,
  defineStop
]

/**
 * The whole command line. Parsing throws CommanderError (also for `--help`) or what a command throws; nothing but
 * help is printed.
 */
export function buildProgram(settings: { version: string; stdout: OutStream }, act: Act): Command {
  const program = new Command('proxima-node')
    .description(
      'Shares out media work over the machines of this network. Without a command: starts or shows the node.'
    )
    .usage('[options] [command]')
    .version(settings.version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .configureHelp({
      visibleArguments: (command) =>
        command.name() === 'proxima-node' ? [] : [...command.registeredArguments]
    })
    .configureOutput({
      writeOut: (text) => settings.stdout.write(text),
      writeErr: () => {},
      outputError: () => {},
      getOutHelpWidth: () => settings.stdout.columns ?? 100
    })
    .helpCommand(true)
    .exitOverride()
    .enablePositionalOptions()
    .showSuggestionAfterError()
  defineNode(program, act)
  for (const define of definitions) define(program, act)
  return program
}
