import { defineAction } from './job-action.ts'
import type { Define } from './kit.ts'

export const definePause: Define = (parent, act) =>
  defineAction(parent, act, 'pause', 'stop handing out the work of jobs')
