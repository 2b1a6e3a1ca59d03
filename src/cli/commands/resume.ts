import { defineAction } from './job-action.ts'
import type { Define } from './kit.ts'

export const defineResume: Define = (parent, act) =>
  defineAction(parent, act, 'resume', 'go on with paused jobs')
