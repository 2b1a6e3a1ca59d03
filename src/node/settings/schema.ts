import { availableParallelism, homedir, hostname } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { z } from 'zod'
import { overrideSchema } from '../../jobs/transcode/override-settings.ts'
import { outputLayouts } from '../../model/index.ts'

/** The port that a node listens on unless it is taken: fixed, so that firewalls can be told of it. */
export const usualPort = 47_470

/** `HOST:PORT` or `[IPv6]:PORT`. */
const hostPort = /^(?:\[[0-9a-fA-F:.]+\]|[^\s:/[\]]+):(\d{1,5})$/
const tag = /^[\p{L}\p{N}][\p{L}\p{N}._-]{0,31}$/u

const whole = (min: number, max: number) => {
  const error = `must be a whole number from ${min} to ${max}`
  return z.int({ error }).min(min, { error }).max(max, { error })
}
const flag = () => z.boolean({ error: 'must be true or false' })
const path = (error: string) => z.string({ error }).trim().min(1, { error }).transform(fromUserHome)

/** How many encodes run at once: one ffmpeg fills about 4 cores with every codec of the presets (FACTS.md). */
export const usualSlots = (cores: number): number => Math.max(1, Math.floor(cores / 4))

/** A machine's name without what does not belong into a line of text. */
export function cleanName(text: string): string {
  return text.replace(/\p{C}/gu, '').trim().slice(0, 64) || 'node'
}

const nameError = 'must be a name of 1 to 64 characters, without line breaks'
const tagError =
  'must be a list of tags: letters, digits, dot, dash and underscore, at most 32 characters each'
const peersError = 'must be a list of HOST:PORT'
const proxyRootError = 'must be an absolute path (or one that starts with ~/), or null'
const overridesError = 'must hold entries like "*proxy": { threads: 2 }'
const toolError = 'must be the path of a program, or null'
const folderError = 'must be a path, or null'
const layoutError = `must be one of ${outputLayouts.join(', ')}, or null`
const templateError = 'must be a text like "{folder}/Proxy/{stem}_{preset}.{ext}", or null'
const mapError = 'must be a map like { "/Volumes/nas": /mnt/nas, "N:/": nas }'
const extensionsError = 'must be a list of file endings like [mov, mxf]'
const globsError = 'must be a list of patterns like ["A0*.mov", "**/day1/**"]'
const ratesError = 'must be a list of frame rates like [25, 23.976]'

/**
 * `config.yaml`. Every key has a default; the descriptions are what `config` shows to people, and the `error` texts
 * finish the sentence "<key> …".
 */
export const settingsSchema = z.object({
  name: z
    .string({ error: nameError })
    .trim()
    .min(1, { error: nameError })
    .max(64, { error: nameError })
    .regex(/^\P{C}*$/u, { error: nameError })
    .default(() => cleanName(hostname()))
    .describe("This node's name, as people on other machines see it. Default: the host name."),
  slots: whole(0, 256)
    .default(() => usualSlots(availableParallelism()))
    .describe(
      'Encodes that run at once; 0 takes none. Default: 1 up to 7 cores, else a quarter of the cores.'
    ),
  tags: z
    .array(z.string({ error: tagError }).regex(tag, { error: tagError }), { error: tagError })
    .max(32, { error: 'must be at most 32 tags' })
    .default([])
    .describe('Tags that this node carries; a job may ask for them.'),
  peers: z
    .array(z.string({ error: peersError }).refine(isHostPort, { error: peersError }), { error: peersError })
    .max(256, { error: 'must be at most 256 addresses' })
    .default([])
    .describe('Addresses HOST:PORT to dial besides what discovery finds, for networks that block multicast.'),
  listen: z
    .object({
      host: z
        .string({ error: 'must be an IP address of this machine' })
        .refine((text) => ipAddress.safeParse(text).success, {
          error: 'must be an IP address of this machine'
        })
        .default('0.0.0.0')
        .describe('The address to listen on for peers; 0.0.0.0 is every interface.'),
      port: whole(0, 65_535)
        .default(usualPort)
        .describe(
          `The TCP port to listen on; 0 takes any free one. Default: ${usualPort}, or any free one when it is taken.`
        )
    })
    .prefault({}),
  mdns: z
    .object({
      enabled: flag().default(true).describe('Find other nodes on the LAN by multicast.'),
      loopback: flag()
        .default(false)
        .describe('Also on the loopback interface: several nodes on one machine.')
    })
    .prefault({}),
  ffmpeg: z
    .object({
      path: path(toolError)
        .nullable()
        .default(null)
        .describe('The ffmpeg to use. Default: PROXIMA_FFMPEG, the PATH, then the one that came along.'),
      ffprobePath: path(toolError).nullable().default(null).describe('The ffprobe to use, likewise.'),
      niceness: whole(0, 19)
        .default(10)
        .describe('How much encoding gives way to other programs; 0 not at all, 19 always.')
    })
    .prefault({}),
  paths: z
    .object({
      proxyRoot: path(proxyRootError)
        .refine((text) => isAbsolute(text), { error: proxyRootError })
        .nullable()
        .default(null)
        .describe(
          "Outputs mirror their sources' folders under this one. Default: Proxy/ beside each source."
        ),
      layout: z
        .enum(outputLayouts, { error: layoutError })
        .nullable()
        .default(null)
        .describe(
          `Where outputs go so that the editing software finds them: ${outputLayouts.join(', ')}. Default: mirror with a proxyRoot, else resolve.`
        ),
      proxyTemplate: z
        .string({ error: templateError })
        .min(1, { error: templateError })
        .max(4096, { error: templateError })
        .nullable()
        .default(null)
        .describe('The path of an output in the layout custom. See docs/timelines.md.'),
      map: z
        .record(z.string().trim().min(1), z.string().trim().min(1), { error: mapError })
        .default({})
        .describe(
          'Where the media of other machines are here, for timelines: their folder or drive, then ours (a path, or a root and a path in it).'
        )
    })
    .prefault({}),
  chunking: z
    .object({
      worthDurationMs: whole(0, 86_400_000)
        .default(20_000)
        .describe('Shorter sources are encoded in one piece, without chunks.'),
      minDurationMs: whole(100, 3_600_000).default(2_000).describe('No chunk is shorter, but for the last.')
    })
    .prefault({}),
  queue: z
    .object({
      filters: z
        .object({
          extensions: z
            .array(
              z
                .string({ error: extensionsError })
                .regex(/^\.?[A-Za-z0-9]{1,16}$/, { error: extensionsError }),
              {
                error: extensionsError
              }
            )
            .max(256, { error: extensionsError })
            .default([])
            .describe('Of timelines, folders and globs queue only files with these endings. Default: any.'),
          rates: z
            .array(z.number({ error: ratesError }).positive({ error: ratesError }), { error: ratesError })
            .max(64, { error: ratesError })
            .default([])
            .describe('Likewise, only files with one of these frame rates.'),
          minDurationMs: whole(0, 86_400_000)
            .default(0)
            .describe('Likewise, only files that are at least this long.'),
          only: globs().describe(
            'Likewise, only files that match a pattern; of their paths where it has a slash.'
          ),
          skip: globs().describe('Likewise, no files that match a pattern.')
        })
        .prefault({})
    })
    .prefault({}),
  overrides: z
    .array(overrideSchema, { error: overridesError })
    .max(256, { error: 'must be at most 256 entries' })
    .default([])
    .describe(
      'What this machine does in its own way, by patterns of preset names; of a key the last match wins. See docs/presets.md.'
    ),
  resolve: z
    .object({
      enabled: flag()
        .default(true)
        .describe('Link finished proxies in DaVinci Resolve by itself; false: only when `link` is called.'),
      linkFinished: flag()
        .default(true)
        .describe(
          'Also those that were not queued from Resolve, when their source is a clip of the project that is open.'
        ),
      language: z
        .enum(['python', 'lua'], { error: 'must be python or lua, or null' })
        .nullable()
        .default(null)
        .describe('What talks to Resolve. Default: Python 3, else the Lua that comes with Resolve.'),
      pythonPath: path(toolError)
        .nullable()
        .default(null)
        .describe(
          'The Python 3 that Resolve’s scripting module is loaded with. Default: the first that works.'
        ),
      fuscriptPath: path(toolError)
        .nullable()
        .default(null)
        .describe('Resolve’s fuscript, where it is not where its installer puts it.'),
      scriptApi: path(folderError)
        .nullable()
        .default(null)
        .describe(
          'Resolve’s folder Developer/Scripting, likewise. Default: RESOLVE_SCRIPT_API, the usual place.'
        ),
      scriptLib: path(folderError)
        .nullable()
        .default(null)
        .describe('Resolve’s library fusionscript, likewise. Default: RESOLVE_SCRIPT_LIB, the usual place.')
    })
    .prefault({}),
  lease: z
    .object({
      ttlMs: whole(500, 600_000)
        .default(15_000)
        .describe('A task whose worker was not heard of for this long is offered again.'),
      heartbeatMs: whole(100, 60_000).default(2_000).describe('How often a worker tells what it is doing.')
    })
    .refine((lease) => lease.ttlMs >= 3 * lease.heartbeatMs, {
      path: ['ttlMs'],
      error: 'must be at least three times lease.heartbeatMs'
    })
    .prefault({}),
  watch: z
    .object({
      intervalMs: whole(500, 3_600_000)
        .default(5_000)
        .describe('How often watched folders are looked at; they may lie on storage that tells of nothing.')
    })
    .prefault({}),
  screen: z
    .object({
      notify: z
        .enum(['bell', 'desktop', 'off'], { error: 'must be bell, desktop or off' })
        .default('bell')
        .describe('What tells on the screen that a batch has ended. Read when the screen is opened.')
    })
    .prefault({}),
  log: z
    .object({
      level: z
        .enum(['trace', 'debug', 'info', 'warn', 'error', 'silent'], {
          error: 'must be trace, debug, info, warn, error or silent'
        })
        .default('info')
        .describe('How much is logged.'),
      fileMegabytes: whole(1, 1_000)
        .default(10)
        .describe('A log file (logs/node.log) larger than this is moved aside, and a new one begun.'),
      oldFiles: whole(0, 100).default(3).describe('So many log files that were moved aside are kept.'),
      tasksMegabytes: whole(1, 10_000)
        .default(100)
        .describe('Room for the logs of tasks that ran here (logs/tasks); the oldest go first.'),
      tasksDays: whole(1, 3_650).default(30).describe('The log of a task is kept no longer than this.')
    })
    .prefault({})
})

function globs() {
  return z
    .array(z.string({ error: globsError }).min(1, { error: globsError }).max(1000, { error: globsError }), {
      error: globsError
    })
    .max(256, { error: globsError })
    .default([])
}

const ipAddress = z.union([z.ipv4(), z.ipv6()])

function isHostPort(text: string): boolean {
  const port = Number(hostPort.exec(text)?.[1] ?? 0)
  return port >= 1 && port <= 65_535
}

/** `~/x` is for people who write a file by hand; nothing else in it is expanded. */
function fromUserHome(text: string): string {
  return text === '~' || text.startsWith('~/') ? join(homedir(), text.slice(1)) : text
}
