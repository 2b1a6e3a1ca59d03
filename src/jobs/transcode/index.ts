import type { JobKind } from '../../model/index.ts'
import { plan } from './plan.ts'
import { prepare } from './prepare.ts'
import { preview } from './preview.ts'
import { proofPayload, prove } from './prove.ts'
import { clean, removeAttempt } from './remove.ts'
import { run } from './run.ts'
import type { TranscodeCollaborators, TranscodeSettings } from './settings.ts'
import { taskPayload } from './task-payload.ts'
import { collect, publish, verify } from './verify.ts'

/** The job kind that turns one source into one output by one preset, in chunks where that is worth it. */
export const createTranscodeKind = (
  settings: TranscodeSettings,
  collaborators: TranscodeCollaborators
): JobKind => ({
  name: 'transcode',
  prepare: (params, source, part) => prepare(settings, collaborators, params, source, part),
  preview: (params, source, signal, part) => preview(settings, collaborators, params, source, signal, part),
  plan: (job, signal) => plan(settings, collaborators, job, signal),
  taskPayload: (job, task) => taskPayload(job, task),
  proofPayload,
  prove: (payload, isOwn) => prove(settings, collaborators, payload, isOwn),
  run: (lease, context) => run(settings, collaborators, lease, context),
  verify: (job, task, lease, result, signal) =>
    verify(settings, collaborators, { job, task, key: lease }, result, signal),
  collect: (job, _task, lease) => collect(collaborators, job, lease),
  publish: (job, _task, lease, result) => publish(collaborators, job, lease, result),
  clean: (job) => clean(collaborators.storage, job),
  discard: (lease, isOwn) => removeAttempt(collaborators.storage, lease, isOwn)
})

export {
  autoName,
  codecRules,
  describePreset,
  encodersOf,
  findTools,
  listPresets,
  MediaError,
  type MediaTools,
  type PresetListing,
  type ResolvedPreset
} from '../../media/index.ts'
export { type MediaCapabilities, mediaCapabilities, missingHardware, whyNotRunning } from './capabilities.ts'
export { type FrameFacts, type StreamFacts, streamFacts, type VideoFacts, videoFacts } from './file-facts.ts'
export { outputPath } from './output-path.ts'
export { projectFolderOf } from './prepare.ts'
export { presetCommand } from './preview.ts'
export { defaultTranscodeSettings, type TranscodeCollaborators, type TranscodeSettings } from './settings.ts'
