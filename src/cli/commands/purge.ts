import { defineAction } from './job-action.ts'
import type { Define } from './kit.ts'

export const definePurge: Define = (parent, act) =>
  defineAction(parent, act, 'purge', 'remove ended jobs from the list')
